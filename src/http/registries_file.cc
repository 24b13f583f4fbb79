#include "http/registries_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "oci/name.h"
#include "process/launch.h"
#include "stream/stream.h"

namespace eulerpublisher::http {
namespace {

std::string place(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file;
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

bool is_variable_name(const std::string& text) {
  if (text.empty() || text.size() > 200 || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<std::string> variable(const YAML::Node& item, const std::string& where) {
  if (item.IsScalar() && is_variable_name(item.Scalar())) return item.Scalar();
  return invalid(
      "{}: this must be the name of an environment variable; the value itself does not belong here", where);
}

Result<RegistryEntry> read_entry(const std::string& name, const YAML::Node& value, const std::string& file) {
  std::string where = place(file, value.Mark());
  if (!value.IsSequence() || (value.size() != 2 && value.size() != 3))
    return invalid(
        "{}: '{}' must be [USER_VARIABLE, PASSWORD_VARIABLE] or [USER_VARIABLE, PASSWORD_VARIABLE, "
        "REGISTRY/NAMESPACE/NAME]",
        where, name);
  RegistryEntry entry{name, name, "", "", ""};
  entry.username_variable = TRY(variable(value[0], place(file, value[0].Mark())));
  entry.password_variable = TRY(variable(value[1], place(file, value[1].Mark())));
  if (value.size() == 3) {
    std::string target = value[2].IsScalar() ? value[2].Scalar() : "";
    size_t slash = target.find('/');
    entry.registry = target.substr(0, slash);
    if (slash != target.npos) entry.repository = target.substr(slash + 1);
    where = place(file, value[2].Mark());
    auto repository = RepositoryName::parse(entry.repository);
    if (!repository.has_value()) return invalid("{}: this must be REGISTRY/NAMESPACE/NAME", where);
  }
  auto host = RegistryHost::parse(entry.registry);
  if (!host.has_value()) return invalid("{}: {}", where, host.error().text());
  return entry;
}

Result<std::vector<RegistryEntry>> read_entries(const std::string& yaml, const std::string& file) {
  try {
    YAML::Node root = YAML::Load(yaml);
    if (!root.IsMap() || root.size() == 0)
      return invalid(
          "{}: this is no list of registries; write `registry: [USER_VARIABLE, PASSWORD_VARIABLE]`", file);
    std::vector<RegistryEntry> entries;
    for (const auto& pair : root) {
      if (!pair.first.IsScalar())
        return invalid("{}: this is no name of a registry", place(file, pair.first.Mark()));
      RegistryEntry entry = TRY(read_entry(pair.first.Scalar(), pair.second, file));
      for (const RegistryEntry& other : entries)
        if (other.name == entry.name ||
            (canonical_registry(other.registry) == canonical_registry(entry.registry) &&
             other.repository == entry.repository))
          return invalid("{}: '{}' is here twice", place(file, pair.first.Mark()), entry.name);
      entries.push_back(std::move(entry));
    }
    return entries;
  } catch (const YAML::Exception& problem) {
    return invalid("{}: {}", place(file, problem.mark), problem.msg);
  }
}

}  // namespace

Result<RegistriesFile> RegistriesFile::parse(std::string_view yaml, const std::string& file,
                                             Environment environment) {
  RegistriesFile registries;
  registries.file_ = file;
  registries.environment_ = std::move(environment);
  registries.entries_ = TRY(read_entries(std::string(yaml), file));
  for (const RegistryEntry& entry : registries.entries_) process::withhold({entry.password_variable});
  return registries;
}

Result<RegistriesFile> RegistriesFile::read(const std::filesystem::path& file, Environment environment) {
  std::string yaml = TRY(read_file(file.string(), 1024 * 1024).within("reading the file of registries"));
  return parse(yaml, file.string(), std::move(environment));
}

Result<std::optional<Credential>> RegistriesFile::find(const std::string& registry,
                                                       const std::string& repository) {
  const RegistryEntry* best = nullptr;
  auto rank = [&](const RegistryEntry& entry) {
    return entry.repository == repository && !repository.empty() ? 2 : entry.repository.empty() ? 1 : 0;
  };
  for (const RegistryEntry& entry : entries_)
    if (canonical_registry(entry.registry) == canonical_registry(registry) &&
        (!best || rank(entry) > rank(*best)))
      best = &entry;
  if (!best) return std::nullopt;
  auto username = environment_(best->username_variable);
  auto password = environment_(best->password_variable);
  for (const auto& [value, name] : {std::pair(username.has_value(), best->username_variable),
                                    std::pair(password.has_value(), best->password_variable)})
    if (!value) return invalid("{} is not set; {} names it for {}", name, file_, best->name);
  return Credential{*username, Secret(*password), {}};
}

}  // namespace eulerpublisher::http
