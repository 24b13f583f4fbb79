#include "upstream/release_repository.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>

#include "base/log.h"
#include "base/task_group.h"
#include "stream/stream.h"
#include "upstream/checksum_file.h"
#include "upstream/release_source.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t checksum_file_limit = 64 << 10;
constexpr uint64_t listing_limit = 4 << 20;
constexpr int redirects = 5;
// How many dated directories are compared with `current`: it is the newest but for updates that are just
// appearing.
constexpr size_t newest_updates = 3;

constexpr std::string_view update_prefix = "docker_img/update/";

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  auto number = [&](size_t at, size_t length) {
    int value = -1;
    const char* end = text.data() + at + length;
    auto [stopped, failed] = std::from_chars(text.data() + at, end, value);
    return failed == std::errc() && stopped == end ? value : -1;
  };
  int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  return year >= 0 && month >= 0 && day >= 0 &&
         std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
             .ok();
}

Done check_version(std::string_view version) {
  bool good = !version.empty() && version.size() <= 64 && version.find("..") == version.npos &&
              version[0] != '.' && std::ranges::all_of(version, [](char c) {
                return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
              });
  if (!good) return invalid("'{}' is not a version such as 24.03-LTS-SP1", version);
  return {};
}

std::string archive_name(const Platform& platform) {
  return fmt::format("openEuler-docker.{}.tar.xz", platform.machine());
}

std::string archive_address(const ReleaseSource& source, const ReleaseWanted& wanted,
                            const Platform& platform) {
  return source.at(archive_path(wanted.version, wanted.index, platform));
}

// A small text file, or nothing when it is not there.
Result<std::optional<std::string>> read_text(http::Client& client, const std::string& address, bool local,
                                             uint64_t limit, std::stop_token stop) {
  if (local) {
    auto text = read_file(address, limit);
    if (text) return std::move(*text);
    if (text.error().kind() == ErrorKind::not_found) return std::nullopt;
    return std::move(text).error();
  }
  http::Request request;
  request.url = address;
  request.answer_limit = limit;
  request.redirects = redirects;
  request.purpose = "reading the release repository";
  http::Response response = TRY(client.send(request, stop));
  if (response.ok()) return std::move(response.body);
  if (response.status == 404 || response.status == 410) return std::nullopt;
  return status_error(address, response.status);
}

// What one source says about one platform.
struct Answer {
  Platform platform;
  std::string asked;               // the checksum file's address
  std::optional<Archive> archive;  // neither this nor `error`: 404
  std::optional<Error> error;

  bool missing() const { return !archive && !error; }
  std::string told() const {
    return missing() ? fmt::format("{} → 404", asked)
           : error   ? error->text()
                     : fmt::format("{} → found", asked);
  }
};

Answer ask(http::Client& client, const ReleaseSource& source, const ReleaseWanted& wanted,
           const Platform& platform, std::stop_token stop) {
  std::string address = archive_address(source, wanted, platform);
  Answer answer{platform, address + ".sha256sum", {}, {}};
  auto text = read_text(client, answer.asked, source.is_local(), checksum_file_limit, stop);
  if (!text) {
    answer.error = std::move(text).error();
    if (answer.error->text().find(answer.asked) == std::string::npos) answer.error->wrap(answer.asked);
  } else if (*text) {
    auto checksum = parse_checksum(**text, archive_name(platform)).within("{}", answer.asked);
    if (checksum)
      answer.archive = Archive{platform, std::move(address), std::move(*checksum), source.name()};
    else
      answer.error = std::move(checksum).error();
  }
  return answer;
}

// What one source says about all platforms, the required ones first.
struct Answers {
  ReleaseSource source;
  std::vector<Answer> all;
  size_t required = 0;

  std::span<const Answer> deciding() const {
    return std::span(all).first(required == 0 ? all.size() : required);
  }
};

Result<Answers> ask_all(http::Client& client, const ReleaseSource& source, const ReleaseWanted& wanted,
                        std::stop_token stop) {
  Answers answers{source, {}, wanted.required.size()};
  for (const Platform& platform : wanted.required) answers.all.push_back({platform, {}, {}, {}});
  for (const Platform& platform : wanted.optional) answers.all.push_back({platform, {}, {}, {}});
  TaskGroup group(stop);
  for (Answer& answer : answers.all)
    group.add([&](std::stop_token token) -> Done {
      answer = ask(client, source, wanted, answer.platform, token);
      return {};
    });
  TRY(group.wait());
  if (stop.stop_requested()) return cancelled("stopped while reading the release repository");
  return answers;
}

// Whether this source decides: it has any of what is required, or something there that cannot be trusted.
bool serves(const Answers& answers) {
  return std::ranges::any_of(answers.deciding(), [](const Answer& answer) {
    return answer.archive || (answer.error && answer.error->kind() == ErrorKind::corrupt);
  });
}

Result<Release> release_of(const Answers& answers, const ReleaseWanted& wanted) {
  Release release;
  for (size_t i = 0; i < answers.all.size(); ++i) {
    const Answer& answer = answers.all[i];
    if (answer.error) return *answer.error;
    if (answer.archive) {
      release.archives.push_back(*answer.archive);
    } else if (i < answers.required) {
      return not_found("openEuler {} has no {} in {} at {}: {}", wanted.version, answer.platform.architecture,
                       wanted.index.text(), answers.source.name(), answer.told());
    } else {
      release.not_released.push_back(answer.platform);
    }
  }
  return release;
}

// No source has it: what each address said.
Error nowhere(const std::vector<Answers>& passed_over, const ReleaseWanted& wanted) {
  ErrorKind kind = ErrorKind::not_found;
  std::string told;
  for (const Answers& answers : passed_over)
    for (const Answer& answer : answers.deciding()) {
      // Where a source did not answer, nobody knows whether it has the version.
      if (answer.error && kind == ErrorKind::not_found) kind = answer.error->kind();
      told += fmt::format("{}{}", told.empty() ? "" : "; ", answer.told());
    }
  return {kind,
          fmt::format("openEuler {} was not found in {}: {}", wanted.version, wanted.index.text(), told)};
}

// What is said about a file, or nothing.
std::optional<http::Response> head_of(http::Client& client, const std::string& url, std::stop_token stop) {
  http::Request request;
  request.method = "HEAD";
  request.url = url;
  request.redirects = redirects;
  request.purpose = "asking for an archive's size";
  auto response = client.send(request, std::move(stop));
  if (!response || !response->ok()) return std::nullopt;
  return std::move(*response);
}

Listing list_folder(const fs::path& folder, std::error_code& failed) {
  Listing listing;
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::error_code dangling;
    bool is_folder = fs::is_directory(entry->path(), dangling);
    (is_folder ? listing.folders : listing.files).push_back(entry->path().filename().string());
  }
  std::ranges::sort(listing.folders);
  std::ranges::sort(listing.files);
  return listing;
}

}  // namespace

Result<ReleaseIndex> ReleaseIndex::parse(std::string_view text) {
  ReleaseIndex index{std::string(text)};
  if (text == first().text_ || index.is_current() || !index.date().empty()) return index;
  return invalid(
      "'{}' is not an index: docker_img, docker_img/update/YYYY-MM-DD or docker_img/update/current",
      text.substr(0, 160));
}

ReleaseIndex ReleaseIndex::first() { return ReleaseIndex("docker_img"); }
ReleaseIndex ReleaseIndex::current() { return ReleaseIndex("docker_img/update/current"); }
bool ReleaseIndex::is_current() const { return text_ == "docker_img/update/current"; }

std::string ReleaseIndex::date() const {
  if (!text_.starts_with(update_prefix)) return {};
  std::string date = text_.substr(update_prefix.size());
  return is_date(date) ? date : std::string{};
}

std::string archive_path(const std::string& version, const ReleaseIndex& index, const Platform& platform) {
  return fmt::format("openEuler-{}/{}/{}/{}", version, index.text(), platform.machine(),
                     archive_name(platform));
}

ReleaseRepository::ReleaseRepository(std::vector<std::string> sources, http::Client& client, Clock& clock,
                                     int attempts)
    : sources_(std::move(sources)), client_(client), clock_(clock), attempts_(attempts) {}

std::optional<uint64_t> ReleaseRepository::size_of(const Archive& archive, std::stop_token stop) {
  if (is_local(archive)) {
    std::error_code unknown;
    uint64_t size = fs::file_size(archive.url, unknown);
    return unknown ? std::nullopt : std::optional(size);
  }
  auto head = head_of(client_, archive.url, stop);
  if (!head) return std::nullopt;
  std::string length = head->headers.get("Content-Length").value_or("");
  uint64_t size = 0;
  auto [end, problem] = std::from_chars(length.data(), length.data() + length.size(), size);
  if (length.empty() || problem != std::errc() || end != length.data() + length.size()) return std::nullopt;
  return size;
}

std::string ReleaseRepository::state_of(const Archive& archive, std::stop_token stop) {
  if (is_local(archive)) {
    struct stat file {};
    if (::stat(archive.url.c_str(), &file) != 0) return {};
    return fmt::format("{} {}.{:09}", file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
  }
  auto head = head_of(client_, archive.url, stop);
  if (!head) return {};
  return fmt::format("{} {} {}", head->headers.get("Content-Length").value_or("-"),
                     head->headers.get("Last-Modified").value_or("-"),
                     head->headers.get("ETag").value_or("-"));
}

Result<Release> ReleaseRepository::look(const ReleaseWanted& wanted, std::stop_token stop) {
  TRY(check_version(wanted.version));
  if (wanted.required.empty() && wanted.optional.empty())
    return invalid("no architecture of openEuler {} is wanted", wanted.version);
  if (sources_.empty()) return invalid("there is no release repository to look in; name one with --source");
  std::vector<ReleaseSource> sources;
  for (const std::string& text : sources_) sources.push_back(TRY(ReleaseSource::parse(text)));
  std::vector<Answers> passed_over;
  for (const ReleaseSource& source : sources) {
    Answers answers = TRY(ask_all(client_, source, wanted, stop));
    if (serves(answers)) return release_of(answers, wanted);
    passed_over.push_back(std::move(answers));
  }
  return nowhere(passed_over, wanted);
}

Result<std::optional<Listing>> ReleaseRepository::list(const std::string& source, const std::string& path,
                                                       std::stop_token stop) {
  ReleaseSource parsed = TRY(ReleaseSource::parse(source));
  std::string address = parsed.at(path);
  if (!address.ends_with('/')) address += '/';
  if (parsed.is_local()) {
    std::error_code failed;
    Listing listing = list_folder(address, failed);
    if (!failed) return listing;
    Error error = system_error(failed.value(), "reading the folder " + address);
    if (error.kind() == ErrorKind::not_found) return std::nullopt;
    return error;
  }
  auto html = TRY(read_text(client_, address, false, listing_limit, stop).within("listing {}", address));
  if (!html) return std::nullopt;
  return parse_listing(*html, address);
}

Result<std::optional<std::string>> ReleaseRepository::date_of_current(const Release& release,
                                                                      const ReleaseWanted& wanted,
                                                                      std::stop_token stop) {
  if (release.archives.empty()) return std::nullopt;
  const std::string& name = release.archives.front().source;
  ReleaseSource source = TRY(ReleaseSource::parse(name));
  auto listing = list(name, fmt::format("openEuler-{}/docker_img/update", wanted.version), stop);
  // A server that shows no listings is within its rights; one that does not answer is not.
  if (!listing && listing.error().kind() == ErrorKind::denied) return std::nullopt;
  if (!listing) return std::move(listing).error();
  if (!*listing) return std::nullopt;
  std::vector<std::string> dates;
  for (const std::string& folder : (*listing)->folders)
    if (is_date(folder)) dates.push_back(folder);
  std::ranges::sort(dates, std::ranges::greater());
  if (dates.size() > newest_updates) dates.resize(newest_updates);
  for (const std::string& date : dates) {
    ReleaseIndex index = TRY(ReleaseIndex::parse(std::string(update_prefix) + date));
    ReleaseWanted dated{wanted.version, index, {}, {}};
    bool same = true;
    for (const Archive& archive : release.archives) {
      Answer answer = ask(client_, source, dated, archive.platform, stop);
      // A checksum file that is not whole yet belongs to an update that is just appearing: not the current
      // one.
      if (answer.error && answer.error->kind() != ErrorKind::corrupt) return *answer.error;
      same = answer.archive && answer.archive->checksum == archive.checksum;
      if (!same) break;
    }
    if (same) return date;
  }
  return std::nullopt;
}

bool ReleaseRepository::is_local(const Archive& archive) { return !is_web_address(archive.url); }

}  // namespace eulerpublisher
