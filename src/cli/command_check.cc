#include <algorithm>
#include <nlohmann/json.hpp>

#include "check/check.h"
#include "check/print_checks.h"
#include "check/print_comparison.h"
#include "cli/commands.h"
#include "cli/image_before.h"
#include "cli/image_name.h"
#include "cli/print.h"
#include "cli/reports.h"
#include "cli/trial_settings.h"
#include "engine/work_folder.h"
#include "registry/keeping_reader.h"
#include "registry/layout_repository.h"
#include "release/inspection.h"
#include "rpm/read_packages.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// The image before it; layers that both have are not read again.
Result<Previous> read_image_before(Session& session, const LookedAt& now, const CheckedImage& image) {
  ImageBefore before = TRY(find_image_before(session, now));
  if (!before.digest) return Previous{{}, before.unknown};
  InspectedLayers known;
  for (const CheckedPlatform& platform : image.platforms)
    for (const InspectedLayer& layer : platform.layers) known.emplace(layer.digest, layer);
  return inspect_previous(*before.reader, *before.digest, known, session.stop);
}

ImageReport report_of(const CheckedImage& image, const std::string& repository,
                      const std::string& reference) {
  ImageReport report{repository, reference, image.top.digest, {}, {}, {}};
  for (const CheckedPlatform& platform : image.platforms) {
    report.platforms.push_back(platform.platform);
    if (platform.packages) report.packages.push_back({platform.platform, *platform.packages});
  }
  return report;
}

// Looks at what is there, and runs it.  Over the wire each layer comes once.
Result<ImageReport> look_at(Session& session, const std::shared_ptr<RepositoryReader>& place,
                            const std::string& reference, const Expectation& expected,
                            const TrialTerms& terms, bool prepared_only) {
  std::stop_token stop = session.stop;
  RepositoryReader& repository = *place;
  auto found = find_image(repository, reference, stop);
  bool absent = !found && found.error().kind() == ErrorKind::not_found;
  if (absent && expected.version && prepared_only)
    return not_found("{0} has not been prepared in {1}: run `eulerpublisher container prepare -v {0}` first",
                     expected.version->text(), repository.name());
  Descriptor top = TRY(std::move(found));
  std::optional<WorkFolder> kept;
  std::unique_ptr<RepositoryReader> keeping;
  if (terms.engine != EngineChoice::none && !prepared_only) {
    kept.emplace(TRY(WorkFolder::make()));
    keeping = std::make_unique<KeepingReader>(repository, kept->path());
  }
  RepositoryReader& reader = keeping ? *keeping : repository;
  CheckedImage image = TRY(read_image(reader, top, {}, Unread::read, stop, packages_of_root)
                               .within("reading {} in {}", reference, reader.name()));
  ImageReport report = report_of(image, reader.name(), reference);
  Subject subject{reader, image, expected, session.policy.checks()};
  Previous before = TRY(read_image_before(session, {place, reference, top.digest, prepared_only}, image));
  if (before.image) report.comparison = compare(*before.image, image);
  if (report.comparison) subject.comparison = &*report.comparison;
  report.not_compared = subject.not_compared = before.unknown;
  report.results = run_checks(all_checks(), subject, stop);
  auto open_layer = [&](const Descriptor& layer, std::stop_token stop) {
    return reader.open_blob(layer, 0, stop);
  };
  auto tried = TRY(run_trials(image, open_layer, expected, session.policy.checks(), terms, stop));
  std::ranges::move(tried, std::back_inserter(report.results));
  return report;
}

Json to_json(const ImageReport& report) {
  return {{"repository", report.repository},
          {"tag", report.reference},
          {"digest", report.digest.text()},
          {"refused", refuses(report.results)},
          {"checks", Json::parse(print_checks(report.results))},
          {"comparison", report.comparison ? Json::parse(print_comparison(*report.comparison)) : Json()}};
}

std::string describe(const ImageReport& report) {
  return fmt::format("{}  {}\n{}{}", report.name(), report.digest.text(), describe_checks(report.results),
                     report.comparison ? brief_comparison(*report.comparison) : "");
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
  expected.fewer_platforms = options.allow_fewer_platforms;
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
  TrialTerms terms = TRY(trial_terms(options, session.policy, reference));
  bool refused = false;
  std::vector<ImageReport> reports;
  Json documents = Json::array();
  for (const View& view : TRY(views_of(session, reference))) {
    if (!wants_prepared(options)) expected.hidden = view.in_private;
    ImageReport report =
        TRY(look_at(session, view.reader, reference, expected, terms, wants_prepared(options)));
    refused = refused || refuses(report.results);
    documents.push_back(to_json(report));
    tell(session, describe(report));
    reports.push_back(std::move(report));
  }
  TRY(write_reports(options, reports));
  if (options.json) print_document(documents.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return refused ? ExitStatus::check_refused : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
