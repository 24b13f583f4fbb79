#include <nlohmann/json.hpp>

#include "check/check.h"
#include "check/print_checks.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "registry/layout_repository.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// One image that was looked at: a tag of a repository.
struct Looked {
  std::string repository;
  std::string tag;
  std::optional<Digest> digest;
  std::vector<CheckResult> results;
};

Result<Looked> look_at(Session& session, RepositoryReader& reader, const Tag& tag,
                       const Expectation& expected, bool prepared_only) {
  std::stop_token stop = session.stop;
  auto found = TRY(reader.find(tag, stop));
  if (!found && expected.version && prepared_only)
    return not_found("{0} has not been prepared in {1}: run `eulerpublisher container prepare -v {0}` first",
                     expected.version->text(), reader.name());
  if (!found) return not_found("{} has no tag {}", reader.name(), tag.text());
  CheckedImage image = TRY(read_image(reader, *found, {}, Unread::read, stop)
                               .within("reading {} in {}", tag.text(), reader.name()));
  return Looked{reader.name(), tag.text(), found->digest,
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

Result<std::vector<View>> views_of(Session& session, const Tag& tag) {
  std::vector<View> views;
  if (wants_prepared(session.options)) {
    Store* store = TRY(session.parts.store());
    views.push_back({std::make_shared<LayoutRepository>(store->folder())});
    return views;
  }
  for (Destination& destination : TRY(session.parts.destinations())) {
    auto found = destination.as_public->find(tag, session.stop);
    bool refused = !found && found.error().kind() == ErrorKind::denied;
    if (refused) {
      views.push_back({destination.repository, true});
    } else {
      views.push_back({destination.as_public});
    }
  }
  return views;
}

CheckResult public_result(const View& view, bool prepared_only) {
  CheckResult result{
      "public", "what only we can read is of no use to anybody else", Severity::warning, Outcome::passed, {},
      {}};
  if (prepared_only) {
    result.outcome = Outcome::not_run;
    result.note = "it has not been published yet";
  } else if (view.in_private) {
    result.outcome = Outcome::found;
    result.findings.push_back({"", "the repository can be read with our credentials only: make it public"});
  }
  return result;
}

Result<Expectation> expectation_of(Session& session) {
  const Options& options = session.options;
  Expectation expected;
  if (options.version.empty()) return expected;
  Version version = TRY(version_of(options));
  expected.version = version;
  expected.required = session.policy.required_platforms(version);
  if (!wants_prepared(options) && options.tag.empty())
    for (const EarnedTag& earned : TRY(session.policy.tags_of(version))) expected.tags.push_back(earned.tag);
  return expected;
}

}  // namespace

Result<ExitStatus> run_check(Session& session) {
  const Options& options = session.options;
  if (options.version.empty() && options.tag.empty())
    return invalid("say what to check: -v VERSION, or -t TAG");
  Expectation expected = TRY(expectation_of(session));
  Tag tag = options.tag.empty() ? expected.version->tag() : TRY(Tag::parse(options.tag).within("--tag"));
  bool refused = false;
  Json documents = Json::array();
  for (const View& view : TRY(views_of(session, tag))) {
    Looked looked = TRY(look_at(session, *view.reader, tag, expected, wants_prepared(options)));
    looked.results.insert(looked.results.begin(), public_result(view, wants_prepared(options)));
    refused = refused || refuses(looked.results);
    documents.push_back(to_json(looked));
    tell(session, describe(looked));
  }
  if (options.json) print_document(documents.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return refused ? ExitStatus::check_refused : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
