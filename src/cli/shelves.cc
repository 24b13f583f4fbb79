#include "cli/shelves.h"

#include <algorithm>

namespace eulerpublisher::cli {
namespace {

// The namespace of -p, or that of whatever repository the target has.
std::string namespace_of(const Target& target, const Options& options) {
  const std::string& name = target.repository.text();
  if (!options.repository.empty() && options.repository == name) return name;
  size_t slash = name.rfind('/');
  return slash == name.npos ? name : name.substr(0, slash);
}

rollout::Shelf shelf_of(const Target& target, const std::string& space, Parts& parts) {
  rollout::Shelf shelf;
  shelf.name = target.text + (target.host ? "/" + space : "");
  if (target.host) shelf.address = target.host->text() + "/" + space;
  shelf.plain_http = parts.speaks_plainly(target);
  shelf.repository = [target, space,
                      &parts](const std::string& image) -> Result<std::shared_ptr<RepositoryReader>> {
    Target its = TRY(target_of_image(target, space, image));
    return TRY(parts.destination_for(its)).repository;
  };
  return shelf;
}

}  // namespace

Result<std::vector<Destination>> destinations_of_image(const Options& options, Parts& parts,
                                                       const std::string& image) {
  std::vector<Destination> all;
  for (const Target& target : TRY(parts.targets())) {
    Target its = TRY(target_of_image(target, namespace_of(target, options), image));
    all.push_back(TRY(parts.destination_for(its)));
  }
  return all;
}

Result<Shelves> shelves_for(const Options& options, Parts& parts, const std::string& repositories) {
  std::vector<Target> targets = TRY(parts.targets());
  // Engines can take a base from a registry, and from no folder.
  auto registry = std::ranges::find_if(targets, [](const Target& target) { return target.host.has_value(); });
  const Target& first = registry == targets.end() ? targets.front() : *registry;
  Shelves shelves{{}, shelf_of(first, namespace_of(first, options), parts)};
  if (options.base_from.empty()) {
    shelves.from = shelves.published;
    return shelves;
  }
  // HOST, HOST/NAMESPACE or oci:FOLDER.
  std::string text = options.base_from, space = repositories;
  size_t slash = text.starts_with("oci:") ? text.npos : text.find('/');
  if (slash != text.npos) {
    space =
        TRY(RepositoryName::parse(text.substr(slash + 1)).within("--base-from {}", options.base_from)).text();
    text.resize(slash);
  }
  shelves.from = shelf_of(TRY(parse_target(text, first.repository).within("--base-from")), space, parts);
  return shelves;
}

}  // namespace eulerpublisher::cli
