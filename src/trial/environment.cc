// What a person expects of a system: the time, the language, names, users.  Each is one question to it.

#include <algorithm>

#include "trial/trials.h"

namespace eulerpublisher {
namespace {

using Say = std::function<void(std::string text, const Answer& evidence)>;

// A trial that looks at what the container has answered already.
TrialCheck on_answers(std::string name, std::string reason,
                      std::function<std::optional<std::string>(const Probe&, const Say&)> look) {
  return {.name = std::move(name),
          .reason = std::move(reason),
          .look = [look = std::move(look)](Trial& trial) -> Result<Tried> {
            const Probe& probe = *TRY(trial.probe());
            Tried tried;
            tried.not_run = look(probe, [&](std::string text, const Answer& evidence) {
              std::string words = brief(evidence.text);
              if (!words.empty()) text += ": " + words;
              tried.findings.push_back({trial.platform.platform.text(), std::move(text), evidence.text});
            });
            return tried;
          }};
}

std::optional<std::string> look_at_clock(const Probe& probe, const Say& say) {
  const Answer& date = probe["date"];
  if (!date.there) return "it has no `date`";
  if (date.status != 0) {
    say("`date` fails", date);
  } else if (date.text != "UTC") {
    say("`date` tells another time than UTC", date);
  }
  return std::nullopt;
}

std::optional<std::string> look_at_locale(const Probe& probe, const Say& say) {
  const Answer &locale = probe["locale"], &charmap = probe["charmap"];
  if (!locale.there) return "it has no `locale`";
  if (locale.status != 0 || locale.text.find("Cannot set") != std::string::npos)
    say("`locale` complains", locale);
  if (!charmap.text.ends_with("UTF-8") || charmap.text.find("Cannot set") != std::string::npos)
    say("the locale C.UTF-8 does not work", charmap);
  return std::nullopt;
}

std::optional<std::string> look_at_hosts(const Probe& probe, const Say& say) {
  const Answer& hosts = probe["hosts"];
  if (!hosts.there) return "it has no `getent`";
  if (hosts.status != 0 || hosts.text.find("localhost") == std::string::npos)
    say("the name localhost of /etc/hosts is not found", hosts);
  return std::nullopt;
}

std::optional<std::string> look_at_users(const Probe& probe, const Say& say) {
  const Answer& added = probe["useradd"].there ? probe["useradd"] : probe["adduser"];
  if (!added.there) return "it has neither `useradd` nor `adduser`";
  if (added.status != 0) say("a user cannot be added", added);
  return std::nullopt;
}

std::optional<std::string> look_at_login(const Probe& probe, const Say& say) {
  const Answer& login = probe["login"];
  if (!login.there) return "it has no bash";
  if (login.status != 0) {
    say(fmt::format("a login shell ends with status {}", login.status), login);
  } else if (!login.text.empty()) {
    say("a login shell complains", login);
  }
  return std::nullopt;
}

}  // namespace

TrialCheck clock_trial() {
  return on_answers("clock", "logs of containers are compared across the world: they tell UTC",
                    look_at_clock);
}
TrialCheck locale_trial() {
  return on_answers("locale", "programs must be able to read and write any language", look_at_locale);
}
TrialCheck hosts_trial() {
  return on_answers("hosts", "names in /etc/hosts must be found, or nothing finds localhost", look_at_hosts);
}
TrialCheck users_trial() {
  return on_answers("users", "whoever builds on an image adds users to it", look_at_users);
}
TrialCheck login_shell_trial() {
  return on_answers("login-shell", "a login shell must begin without an error", look_at_login);
}

}  // namespace eulerpublisher
