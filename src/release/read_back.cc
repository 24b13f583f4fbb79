#include "release/read_back.h"

#include <algorithm>

#include "oci/media_type.h"
#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

// Where bytes go that are only counted and hashed.
class Nowhere : public Sink {
 public:
  Done write(Bytes) override { return {}; }
  Done finish() override { return {}; }
};

Done compare_document(RepositoryReader& repository, const std::string& bytes, std::string_view what,
                      std::stop_token stop) {
  RawManifest there = TRY(repository.manifest(digest_of(bytes), stop).within("reading back {}", what));
  if (there.bytes != bytes) return corrupt("{} came back with other bytes", what);
  return {};
}

Done compare_blob(RepositoryReader& repository, const Descriptor& blob, std::string_view what, bool bytes,
                  std::stop_token stop) {
  auto size = TRY(repository.has_blob(blob.digest, stop).within("reading back {}", what));
  if (!size) return not_found("{} {} is missing", what, blob.digest.brief());
  if (*size != blob.size)
    return corrupt("{} {} has {} bytes there, {} here", what, blob.digest.brief(), *size, blob.size);
  if (!bytes) return {};
  auto source = TRY(repository.open_blob(blob, 0, stop));
  Nowhere nowhere;
  Verifying verifying(blob.digest, blob.size, nowhere);
  TRY(pump(*source, verifying, stop).within("reading back {} {}", what, blob.digest.brief()));
  return {};
}

PublicView look_at_tag(RepositoryReader& as_public, const Tag& tag, const Digest& expected,
                       std::stop_token stop) {
  using State = PublicView::State;
  auto found = as_public.find(tag, stop);
  if (!found && found.error().kind() == ErrorKind::denied)
    return {tag, State::private_repository,
            fmt::format("{} can be read only with our credentials: make the repository public",
                        as_public.name())};
  if (!found) return {tag, State::could_not_look, found.error().text()};
  if (!*found)
    return {tag, State::absent, fmt::format("{} has no tag {} for the public", as_public.name(), tag.text())};
  if ((*found)->digest != expected)
    return {tag, State::differs,
            fmt::format("{} answers {} for {}, not {}", as_public.name(), (*found)->digest.brief(),
                        tag.text(), expected.brief())};
  return {tag, State::agrees, {}};
}

bool seen_wrong(const PublicView& view) {
  return view.state == PublicView::State::differs || view.state == PublicView::State::absent;
}

}  // namespace

Done read_back(RepositoryReader& repository, const CompleteImage& image, bool bytes, std::stop_token stop) {
  TRY(compare_document(repository, image.index.bytes(), "the index", stop));
  for (const PlatformImage& part : image.platforms) {
    std::string of = part.platform.text();
    TRY(compare_document(repository, part.manifest.bytes(), "the manifest of " + of, stop));
    Descriptor config{std::string(media_type::config), digest_of(part.config), part.config.size(), {}, {}};
    TRY(compare_blob(repository, config, "the configuration of " + of, true, stop));
    for (const Descriptor& layer : part.layers)
      TRY(compare_blob(repository, layer, "a layer of " + of, bytes, stop));
  }
  return {};
}

std::vector<PublicView> look_as_public(RepositoryReader& as_public, const std::vector<Tag>& tags,
                                       const Digest& expected, Clock& clock, std::stop_token stop) {
  std::vector<PublicView> views;
  for (const Tag& tag : tags) views.push_back(look_at_tag(as_public, tag, expected, stop));
  if (std::ranges::none_of(views, seen_wrong) || !clock.sleep(patience_with_caches, stop)) return views;
  for (PublicView& view : views)
    if (seen_wrong(view)) view = look_at_tag(as_public, view.tag, expected, stop);
  return views;
}

}  // namespace eulerpublisher
