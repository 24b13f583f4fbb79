#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

bool is_required(const Subject& subject) { return subject.rules.of("rpm-database").required.value_or(false); }

bool has_database(const CheckedPlatform& one) { return one.packages || one.packages_fault; }

// A database that is damaged is a finding; one that nobody could look at is none.
Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  for (const CheckedPlatform& one : subject.image.platforms) {
    std::string where = one.platform.text();
    if (one.packages_fault && one.packages_fault->kind() != ErrorKind::corrupt) return *one.packages_fault;
    if (one.packages_fault) findings.push_back({where, for_evidence(one.packages_fault->text())});
    if (!has_database(one)) findings.push_back({where, "has no rpm database"});
    if (one.packages && one.packages->empty())
      findings.push_back({where, "its rpm database lists no package"});
  }
  return findings;
}

// Images without rpm are legal: distroless ones, busybox.
std::optional<std::string> needless(const Subject& subject) {
  for (const CheckedPlatform& one : subject.image.platforms)
    if (is_required(subject) || has_database(one)) return std::nullopt;
  return "it has no rpm database, so nothing can tell which packages it has";
}

}  // namespace

Check rpm_database_check() {
  return {.name = "rpm-database",
          .reason = "without a readable list of packages nobody can update an image, nor look for its holes",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
