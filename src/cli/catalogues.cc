#include "cli/catalogues.h"

namespace eulerpublisher::cli {

namespace fs = std::filesystem;

namespace {

bool is_above(const fs::path& root, const fs::path& file) {
  fs::path relative = file.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

// Below the root; nothing for a file that is not in the catalogue.
std::optional<std::string> below_root(const fs::path& root, const std::string& file) {
  std::error_code unknown;
  fs::path here = fs::weakly_canonical(fs::current_path(unknown) / file, unknown);
  if (is_above(root, here)) return here.lexically_relative(root).generic_string();
  if (fs::path(file).is_absolute()) return std::nullopt;
  fs::path below = (root / file).lexically_normal();
  return is_above(root, below) ? std::optional(below.lexically_relative(root).generic_string())
                               : std::nullopt;
}

// openeuler/openeuler is one of openeuler's repositories.
std::string repositories_of(const Policy& policy) {
  const std::string& name = policy.repository();
  size_t slash = name.rfind('/');
  return slash == name.npos ? name : name.substr(0, slash);
}

}  // namespace

Result<NamedCatalogue> read_named(const std::string& named, const Policy& policy) {
  auto location = catalogue::locate(named);
  if (!location) return invalid("{}", location.error().text());
  catalogue::Catalogue read = TRY(catalogue::read_catalogue(*location, repositories_of(policy)));
  return NamedCatalogue{std::move(*location), std::move(read)};
}

std::string space_of(const Options& options, const NamedCatalogue& named) {
  return options.repository.empty() ? named.catalogue.repositories : options.repository;
}

Result<std::optional<catalogue::Changes>> changes_asked_for(const Options& options,
                                                            const NamedCatalogue& named,
                                                            std::stop_token stop) {
  if (!options.changed_since.empty())
    return TRY(
        catalogue::changes_since(named.catalogue, options.changed_since, stop).within("--changed-since"));
  if (options.changed.empty()) return std::nullopt;
  std::vector<std::string> files;
  for (const std::string& file : options.changed)
    if (auto below = below_root(named.location.root, file)) files.push_back(*below);
  return TRY(catalogue::changes_in(named.catalogue, files));
}

}  // namespace eulerpublisher::cli
