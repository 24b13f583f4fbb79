#include <nlohmann/json.hpp>

#include "check/check.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/table.h"
#include "trial/trial.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// What the policy may say of a check beside its severity, as docs/policy.md calls it.
std::string adjustable(std::string_view name) {
  std::string text;
  for (const KnownCheck& known : known_checks()) {
    if (known.name != name) continue;
    auto add = [&](bool understood, const char* word) {
      if (understood) text += (text.empty() ? "" : ", ") + std::string(word);
    };
    add(known.allowed, "allowed");
    add(known.expected, "expected");
    add(known.required, "required");
    add(known.limit, "limit");
  }
  return text;
}

}  // namespace

Result<ExitStatus> list_checks(Session& session) {
  Table table({{"check"}, {"severity"}, {"runs the image"}, {"policy"}, {"why"}});
  Json document = Json::array();
  auto list = [&](const auto& check, bool runs) {
    std::string severity(name_of(session.policy.checks().of(check.name).severity.value_or(check.severity)));
    table.add_row({check.name, severity, runs ? "yes" : "", adjustable(check.name), check.reason});
    document.push_back(
        {{"check", check.name}, {"severity", severity}, {"runs", runs}, {"reason", check.reason}});
  };
  for (const Check& check : all_checks()) list(check, false);
  for (const TrialCheck& check : all_trials()) list(check, true);
  if (session.options.json) {
    print_document(document.dump(2));
  } else {
    tell(session, table.text());
  }
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
