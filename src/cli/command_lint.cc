#include <algorithm>
#include <filesystem>

#include "catalogue/lint.h"
#include "catalogue/sarif.h"
#include "cli/catalogues.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/print_findings.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::Finding;
using catalogue::Findings;
using catalogue::Scope;

Result<Scope> scope_asked_for(const Session& session, const NamedCatalogue& named) {
  auto changes = TRY(changes_asked_for(session.options, named, session.stop));
  if (!changes) return catalogue::scope_of(named.catalogue, named.location);
  catalogue::BuildGraph graph(named.catalogue, session.policy);
  return catalogue::scope_of(named.catalogue, graph, *changes);
}

LintedCatalogue linted(const NamedCatalogue& named, Findings findings) {
  LintedCatalogue linted{named.location.root.native(), 0, 0, std::move(findings)};
  for (const catalogue::Image& image : named.catalogue.images) {
    if (!catalogue::is_meant(named.location, image)) continue;
    ++linted.images;
    linted.tags += image.entries.size();
  }
  return linted;
}

// What stands behind the files of --changed is taken for one of them; a folder is none.
std::string catalogue_named(const Options& options) {
  if (!options.catalogue.empty()) return options.catalogue;
  std::error_code unknown;
  if (!options.changed.empty() && std::filesystem::is_directory(options.changed.back(), unknown))
    return options.changed.back();
  return ".";
}

}  // namespace

Result<ExitStatus> run_lint(Session& session) {
  const Options& options = session.options;
  NamedCatalogue named = TRY(read_named(catalogue_named(options), session.policy));
  Scope scope = TRY(scope_asked_for(session, named));
  Findings findings = catalogue::lint(named.catalogue, session.policy);
  std::erase_if(findings, [&](const Finding& finding) { return !scope.has(finding); });
  if (!options.sarif.empty())
    TRY(write_output_file(options.sarif, catalogue::to_sarif(findings, EP_VERSION)).within("--sarif"));
  LintedCatalogue seen = linted(named, std::move(findings));
  if (options.json) print_document(to_json(seen));
  tell(session, describe(seen));
  catalogue::Counts counts = catalogue::count(seen.findings);
  bool bad = counts.errors > 0 || (options.strict && counts.warnings > 0);
  return bad ? ExitStatus::wrong_input : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
