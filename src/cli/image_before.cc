#include "cli/image_before.h"

#include <algorithm>

#include "cli/image_name.h"

namespace eulerpublisher::cli {
namespace {

constexpr size_t most_moves = 100;
constexpr size_t most_dated = 5;  // tags that are looked up

// The journal, if anything was ever released from this machine: to look at it makes none.
Result<Journal*> existing_journal(Session& session) {
  std::filesystem::path folder = TRY(session.parts.state_folder());
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "journal.db", ignored)) return nullptr;
  return session.parts.journal();
}

// What the tag named before it was moved to `now`, or the last that was moved there from here.
Result<std::optional<Digest>> in_journal(Journal* journal, const std::string& repository,
                                         const std::string& tag, const Digest& now) {
  if (!journal) return std::nullopt;
  for (const Journal::Event& move : TRY(journal->moves(repository, tag, most_moves)))
    for (const std::string& side : {move.to, move.from})
      if (!side.empty() && side != now.text()) return TRY(Digest::parse(side));
  return std::nullopt;
}

// The newest `TAG-YYYYMMDD` that names another image.
Result<std::optional<Digest>> in_dated_tags(RepositoryReader& reader, const std::string& tag,
                                            const Digest& now, std::stop_token stop) {
  constexpr size_t date = 8;
  std::vector<std::string> dated;
  for (const Tag& one : TRY(reader.tags(stop))) {
    const std::string& text = one.text();
    bool is_dated = text.size() == tag.size() + 1 + date && text.starts_with(tag + "-") &&
                    std::all_of(text.end() - date, text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_dated) dated.push_back(text);
  }
  std::ranges::sort(dated, std::greater<>());
  for (size_t i = 0; i < std::min(dated.size(), most_dated); ++i) {
    auto found = TRY(reader.find(TRY(Tag::parse(dated[i])), stop));
    if (found && found->digest != now) return found->digest;
  }
  return std::nullopt;
}

Result<ImageBefore> before_in_registry(Session& session, const LookedAt& now) {
  if (!Tag::parse(now.reference))
    return ImageBefore{nullptr, {}, "a digest has none before it; name an image with --previous"};
  Journal* journal = TRY(existing_journal(session));
  auto found = TRY(in_journal(journal, now.reader->name(), now.reference, now.digest));
  if (!found && Version::parse(now.reference))
    found = TRY(in_dated_tags(*now.reader, now.reference, now.digest, session.stop));
  if (!found)
    return ImageBefore{
        nullptr,
        {},
        fmt::format("it is not known what {} named before; name an image with --previous", now.reference)};
  return ImageBefore{now.reader, found};
}

Result<ImageBefore> before_prepared(Session& session, const LookedAt& now) {
  Journal* journal = TRY(existing_journal(session));
  auto moves = journal ? TRY(journal->moves(std::nullopt, now.reference, 1)) : std::vector<Journal::Event>{};
  if (moves.empty())
    return ImageBefore{
        nullptr, {}, "it was not published from here yet; name an image to compare with by --previous"};
  ImageName name = TRY(ImageName::parse(moves.front().repository + ":" + now.reference));
  auto place = TRY(session.parts.destinations_for({name.target}));
  std::shared_ptr<RepositoryReader> reader = place.front().repository;
  Descriptor there = TRY(find_image(*reader, name.reference, session.stop));
  if (there.digest != now.digest) return ImageBefore{reader, there.digest};
  return before_in_registry(session, {reader, now.reference, now.digest});
}

Result<ImageBefore> named_by_person(Session& session) {
  ImageName name = TRY(ImageName::parse(session.options.previous));
  auto place = TRY(session.parts.destinations_for({name.target}));
  Descriptor found = TRY(find_image(*place.front().repository, name.reference, session.stop));
  return ImageBefore{place.front().repository, found.digest};
}

}  // namespace

Result<ImageBefore> find_image_before(Session& session, const LookedAt& now) {
  if (!session.options.previous.empty()) return named_by_person(session).within("--previous");
  auto found = now.prepared ? before_prepared(session, now) : before_in_registry(session, now);
  if (found) return found;
  if (session.stop.stop_requested()) return std::move(found).error();
  return ImageBefore{nullptr, {}, "what it named before could not be looked up: " + found.error().text()};
}

}  // namespace eulerpublisher::cli
