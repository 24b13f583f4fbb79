#include <nlohmann/json.hpp>

#include "check/check.h"
#include "check/print_checks.h"
#include "cli/commands.h"
#include "cli/image_name.h"
#include "cli/print.h"
#include "registry/layout_repository.h"
#include "rpm/read_packages.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// One image that was looked at: a tag of a repository.
struct Looked {
  std::string repository;
  std::string tag;  // or the digest that was asked for
  std::optional<Digest> digest;
  std::vector<CheckResult> results;
};

Result<Looked> look_at(Session& session, RepositoryReader& reader, const std::string& reference,
                       const Expectation& expected, bool prepared_only) {
  std::stop_token stop = session.stop;
  auto found = find_image(reader, reference, stop);
  bool absent = !found && found.error().kind() == ErrorKind::not_found;
  if (absent && expected.version && prepared_only)
    return not_found("{0} has not been prepared in {1}: run `eulerpublisher container prepare -v {0}` first",
                     expected.version->text(), reader.name());
  Descriptor top = TRY(std::move(found));
  CheckedImage image = TRY(read_image(reader, top, {}, Unread::read, stop, packages_of_root)
                               .within("reading {} in {}", reference, reader.name()));
  return Looked{reader.name(), reference, top.digest,
                run_checks(all_checks(), {reader, image, expected, session.policy.checks()}, stop)};
}

Json to_json(const Looked& looked) {
  return {{"repository", looked.repository},
          {"tag", looked.tag},
          {"digest", looked.digest->text()},
          {"refused", refuses(looked.results)},
          {"checks", Json::parse(print_checks(looked.results))}};
}

std::string describe(const Looked& looked) {
  return fmt::format("{}:{}  {}\n{}", looked.repository, looked.tag, looked.digest->text(),
                     describe_checks(looked.results));
}

// Without -g and -p it is what was prepared that is looked at.
bool wants_prepared(const Options& options) {
  return options.registries.empty() && options.repository.empty();
}

// A repository as the public sees it, or, where the public is refused, as we do; that is a finding of its
// own.
struct View {
  std::shared_ptr<RepositoryReader> reader;
  bool in_private = false;
};

Result<std::vector<View>> views_of(Session& session, const std::string& reference) {
  std::vector<View> views;
  if (wants_prepared(session.options)) {
    Store* store = TRY(session.parts.store());
    views.push_back({std::make_shared<LayoutRepository>(store->folder())});
    return views;
  }
  for (Destination& destination : TRY(session.parts.destinations())) {
    auto found = find_image(*destination.as_public, reference, session.stop);
    bool refused = !found && found.error().kind() == ErrorKind::denied;
    if (refused) {
      views.push_back({destination.repository, true});
    } else {
      views.push_back({destination.as_public});
    }
  }
  return views;
}

Result<Expectation> expectation_of(Session& session) {
  const Options& options = session.options;
  Expectation expected;
  if (!options.tag.empty())
    if (auto tag = Tag::parse(options.tag)) expected.names.push_back(*tag);
  if (options.version.empty()) return expected;
  Version version = TRY(version_of(options));
  expected.version = version;
  expected.required = session.policy.required_platforms(version);
  expected.utc = session.policy.utc();
  expected.tmout = session.policy.tmout();
  if (options.tag.empty())
    for (const EarnedTag& earned : TRY(session.policy.tags_of(version))) expected.names.push_back(earned.tag);
  if (!wants_prepared(options) && options.tag.empty()) expected.tags = expected.names;
  return expected;
}

}  // namespace

Result<ExitStatus> run_check(Session& session) {
  const Options& options = session.options;
  if (options.list_checks) return list_checks(session);
  if (!options.diff.empty()) return show_difference(session);
  if (options.version.empty() && options.tag.empty())
    return invalid("say what to check: -v VERSION, or -t TAG; --list explains all checks");
  Expectation expected = TRY(expectation_of(session));
  std::string reference = options.tag.empty() ? expected.version->tag().text() : options.tag;
  TRY(expect_reference(reference).within("--tag"));
  bool refused = false;
  Json documents = Json::array();
  for (const View& view : TRY(views_of(session, reference))) {
    if (!wants_prepared(options)) expected.hidden = view.in_private;
    Looked looked = TRY(look_at(session, *view.reader, reference, expected, wants_prepared(options)));
    refused = refused || refuses(looked.results);
    documents.push_back(to_json(looked));
    tell(session, describe(looked));
  }
  if (options.json) print_document(documents.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return refused ? ExitStatus::check_refused : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
