#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalogue/tag_table.h"
#include "cli/catalogues.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "readme/push_readmes.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::Image;
using Json = nlohmann::ordered_json;
using readme::Pushed;

// The images that lie in what was named; `invalid` when it is no image's folder.
Result<std::vector<Image>> images_in(const NamedCatalogue& named, const std::string& folder) {
  std::vector<Image> images;
  for (const Image& image : named.catalogue.images)
    if (image.folder == named.location.below) images.push_back(image);
  if (images.empty()) return invalid("{} is not the folder of an image that an image-list.yml names", folder);
  return images;
}

Result<std::vector<readme::Readme>> readmes_of(const Session& session) {
  std::vector<readme::Readme> readmes;
  for (const std::string& folder : session.options.folders) {
    NamedCatalogue named = TRY(read_named(folder, session.policy));
    for (const Image& image : TRY(images_in(named, folder))) {
      std::string file = image.folder + "/README.md";
      if (!named.catalogue.tree.has_file(file)) return invalid("{} has no README.md", folder);
      auto repository =
          TRY(RepositoryName::parse(space_of(session.options, named) + "/" + image.name).within("-p"));
      std::string text = TRY(named.catalogue.tree.text(file));
      readmes.push_back({std::move(repository), file, std::move(text)});
    }
  }
  return readmes;
}

Json to_json(const std::vector<Pushed>& all) {
  Json json{{"readmes", Json::array()}};
  for (const Pushed& pushed : all) {
    Json one{
        {"registry", pushed.registry}, {"repository", pushed.repository}, {"state", name_of(pushed.state)}};
    if (!pushed.because.empty()) one["because"] = pushed.because;
    json["readmes"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

Result<ExitStatus> run_readme_push(Session& session) {
  bool dry = session.options.dry_run;
  std::vector<readme::Readme> readmes = TRY(readmes_of(session));
  auto places = TRY(session.parts.description_places());
  std::vector<Pushed> all = TRY(readme::push_readmes(readmes, places, dry, session.stop));
  if (session.options.json) print_document(to_json(all).dump(2) + "\n");
  Table table({{"registry"}, {"repository"}, {"README"}});
  size_t failed = 0;
  for (const Pushed& pushed : all) {
    failed += pushed.state == Pushed::State::failed;
    std::string state(name_of(pushed.state));
    if (pushed.state == Pushed::State::written && dry) state = "would be written";
    if (!pushed.because.empty()) state += ": " + pushed.because;
    table.add_row({pushed.registry, pushed.repository, state});
  }
  tell(session, table.text());
  if (failed == 0) return ExitStatus::done;
  return failed == all.size() ? ExitStatus::failed : ExitStatus::some_behind;
}

Result<ExitStatus> run_readme_table(Session& session) {
  Json json{{"tables", Json::array()}};
  std::string tables;
  for (const std::string& folder : session.options.folders) {
    NamedCatalogue named = TRY(read_named(folder, session.policy));
    for (const Image& image : TRY(images_in(named, folder))) {
      std::string file = image.folder + "/README.md";
      std::string before;
      if (named.catalogue.tree.has_file(file)) before = TRY(named.catalogue.tree.text(file));
      std::string table = catalogue::tag_table_of(image, catalogue::find_tag_table(before));
      json["tables"].push_back({{"image", image.name}, {"file", file}, {"table", table}});
      tables += (tables.empty() ? "" : "\n") + table;
    }
  }
  print_document(session.options.json ? json.dump(2, ' ', false, Json::error_handler_t::replace) : tables);
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
