#include "sync/metrics.h"

#include <algorithm>

namespace eulerpublisher::sync {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

double seconds(Instant time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

// `{version="24.03-LTS",registry="quay.io"}`; the format escapes three characters.
std::string print(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}=\"", text.empty() ? "" : ",", name);
    for (char letter : value) {
      if (letter == '\\' || letter == '"') text += '\\';
      text += letter == '\n' ? std::string("\\n") : std::string(1, letter);
    }
    text += '"';
  }
  return text.empty() ? text : "{" + text + "}";
}

class Page {
 public:
  // One family; its samples follow it.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = fmt::format("eulerpublisher_{}", name);
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type);
  }
  void sample(const Labels& labels, double value) {
    bool whole = value == static_cast<double>(static_cast<int64_t>(value));
    text_ += name_ + print(labels) +
             (whole ? fmt::format(" {}\n", static_cast<int64_t>(value)) : fmt::format(" {:.3f}\n", value));
  }
  void single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample({}, value);
  }
  // Lines of a family whose samples have names of their own.
  void raw(std::string_view lines) { text_ += lines; }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

void tell_totals(Page& page, const Totals& totals) {
  page.single("sync_rounds_total", "counter", "Rounds of sync.", static_cast<double>(totals.rounds));
  page.single("sync_last_success_timestamp_seconds", "gauge",
              "End of the last round in which nothing failed; 0: there was none.",
              std::max(0.0, seconds(totals.last_success)));
  page.family("releases_total", "counter", "Releases by version and result.");
  uint64_t releases = 0;
  for (const auto& [of, count] : totals.releases) {
    page.sample({{"version", of.first}, {"result", of.second}}, static_cast<double>(count));
    releases += count;
  }
  page.family("release_duration_seconds", "summary", "How long releases took.");
  page.raw(
      fmt::format("eulerpublisher_release_duration_seconds_sum "
                  "{:.3f}\neulerpublisher_release_duration_seconds_count {}\n",
                  totals.release_seconds, releases));
  page.family("findings_total", "counter", "Findings of checks before releases, by severity.");
  for (const auto& [severity, count] : totals.findings)
    page.sample({{"severity", severity}}, static_cast<double>(count));
  page.single("http_retries_total", "counter", "Requests that were sent again.",
              static_cast<double>(totals.retries));
  page.family("http_requests_total", "counter", "Requests by host.");
  for (const auto& [host, of] : totals.hosts) page.sample({{"host", host}}, static_cast<double>(of.requests));
  page.family("http_sent_bytes_total", "counter", "Bytes of bodies sent, by host.");
  for (const auto& [host, of] : totals.hosts)
    page.sample({{"host", host}}, static_cast<double>(of.bytes_sent));
  page.family("http_received_bytes_total", "counter", "Bytes of bodies received, by host.");
  for (const auto& [host, of] : totals.hosts)
    page.sample({{"host", host}}, static_cast<double>(of.bytes_received));
}

// When what a registry holds was made: the update's day, or the image's own date.
std::optional<Instant> date_of(const Place& place) {
  if (!place.seen) return std::nullopt;
  const Content& content = place.seen->content;
  auto date =
      parse_rfc3339(content.update_date.empty() ? content.created : content.update_date + "T00:00:00Z");
  return date ? std::optional(*date) : std::nullopt;
}

void tell_places(Page& page, const Round& round) {
  page.family("agreed", "gauge", "1 where a registry holds what the release repository has, else 0.");
  for (const VersionLine& line : round.versions)
    for (const Place& place : line.places)
      page.sample({{"version", line.version.text()},
                   {"registry", place.registry},
                   {"state", std::string(name_of(place.agreement))}},
                  place.agreement == Agreement::agreed ? 1 : 0);
  page.family("update_age_seconds", "gauge", "Age of the newest update that a registry holds.");
  for (const VersionLine& line : round.versions)
    for (const Place& place : line.places)
      if (auto date = date_of(place))
        page.sample({{"version", line.version.text()}, {"registry", place.registry}},
                    std::max(0.0, std::chrono::duration<double>(round.finished - *date).count()));
}

}  // namespace

std::string metrics_text(const Round& round, const Totals& totals, const Attempts& attempts,
                         const NotYetSince& not_yet_since) {
  Page page;
  tell_totals(page, totals);
  page.single("sync_last_round_timestamp_seconds", "gauge", "End of the last round.",
              seconds(round.finished));
  page.single("sync_last_round_duration_seconds", "gauge", "How long the last round took.",
              std::chrono::duration<double>(round.finished - round.started).count());
  page.single("sync_last_round_success", "gauge", "1 when nothing failed in the last round, else 0.",
              round.success() ? 1 : 0);
  page.single("sync_problems", "gauge", "Sources and registries that could not be asked in the last round.",
              static_cast<double>(round.problems.size()));
  page.family("sync_failures", "gauge", "Failures in a row of what has not been published.");
  for (const auto& [key, attempt] : attempts) page.sample({{"release", key}}, attempt.failures);
  page.family("sync_given_up", "gauge", "1 for what is not tried any more until somebody looks at it.");
  for (const auto& [key, attempt] : attempts)
    if (attempt.given_up) page.sample({{"release", key}}, 1);
  page.family("sync_not_yet_seconds", "gauge", "How long a directory has been seen that is not whole.");
  for (const auto& [key, since] : not_yet_since)
    page.sample({{"release", key}}, std::chrono::duration<double>(round.finished - since).count());
  tell_places(page, round);
  return page.take();
}

}  // namespace eulerpublisher::sync
