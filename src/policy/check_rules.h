#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher {

// What follows when a check finds something: a blocker keeps a release from becoming visible, a warning wants
// somebody's attention, a note is good to know.
enum class Severity { note, warning, blocker };
std::string_view name_of(Severity severity);
std::optional<Severity> severity_from(std::string_view name);

// What people have decided about one check.  Which of these a check understands, known_checks() says.
struct CheckRule {
  std::optional<Severity> severity = {};  // absent: the check's own
  std::vector<std::string> allowed =
      {};  // what is no finding: paths (a closing `*` stands for any end), key ids, hosts
  std::vector<std::string> expected = {};  // what has to be there: packages
  std::optional<bool> required = {};       // whether what the check looks at has to be there at all
  std::optional<double> limit = {};        // 0.25 is 25%
  bool operator==(const CheckRule&) const = default;
};

// A check by its name, and what a policy may say about it beside its severity.
struct KnownCheck {
  std::string_view name;
  bool allowed = false;
  bool expected = false;
  bool required = false;
  bool limit = false;
};
// All of them; src/check has one file for each.
std::span<const KnownCheck> known_checks();

// The section `checks` of the policy.  What it does not mention is as built in.
class CheckRules {
 public:
  // What is fine in openEuler's base images.
  static CheckRules built_in();

  // Of any name: one that nobody has decided anything about has an empty rule.
  const CheckRule& of(std::string_view check) const;
  // Whether `what` is among what the check allows.
  bool allows(std::string_view check, std::string_view what) const;

  void set(std::string_view check, CheckRule rule) {
    rules_.insert_or_assign(std::string(check), std::move(rule));
  }

  bool operator==(const CheckRules&) const = default;

 private:
  std::map<std::string, CheckRule, std::less<>> rules_;
};

}  // namespace eulerpublisher
