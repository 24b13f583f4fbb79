#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/human.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const PreparedRelease& prepared, const std::string& store) {
  Json json{{"version", prepared.version.text()},
            {"digest", prepared.index.digest().text()},
            {"store", store},
            {"recipe", prepared.provenance.recipe},
            {"platforms", Json::array()},
            {"notes", prepared.notes}};
  for (const AssembledImage& image : prepared.images) {
    Json layers = Json::array();
    for (const Descriptor& layer : image.layers)
      layers.push_back(
          {{"digest", layer.digest.text()}, {"size", layer.size}, {"mediaType", layer.media_type}});
    json["platforms"].push_back({{"platform", image.platform.text()},
                                 {"manifest", image.manifest.digest().text()},
                                 {"archive_sha256", image.archive.hex()},
                                 {"archive_url", image.archive_url},
                                 {"layers", std::move(layers)}});
  }
  return json;
}

}  // namespace

Result<ExitStatus> run_prepare(Session& session) {
  ReleaseRequest request = TRY(release_request(session.options, session.policy));
  ReleaseRepository* upstream = TRY(session.parts.upstream(request.version));
  if (request.index.is_current()) request = TRY(resolve_current(std::move(request), *upstream, session.stop));
  Store* store = TRY(session.parts.store());
  ReleaseWanted wanted{request.version.text(), request.index, request.required, request.optional};
  Release release = TRY(upstream->look(wanted, session.stop));
  PreparedRelease prepared =
      TRY(prepare(request, release, {}, {*store, *upstream, session.parts.progress()}, {}, session.stop));
  TRY(prepared.keep_in(*store));
  if (session.options.json) print_document(to_json(prepared, store->folder().string()).dump(2) + "\n");
  std::string text =
      fmt::format("openEuler {}: prepared  {}\n", request.version.text(), prepared.index.digest().text());
  for (const AssembledImage& image : prepared.images) {
    uint64_t size = 0;
    for (const Descriptor& layer : image.layers) size += layer.size;
    text += fmt::format("  {}: {}  {}\n", image.platform.architecture, image.manifest.digest().brief(),
                        human_size(size));
  }
  for (const std::string& note : prepared.notes) text += fmt::format("note: {}\n", note);
  text += fmt::format("in {} as {}\n", store->folder().string(), request.version.tag().text());
  tell(session, text);
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
