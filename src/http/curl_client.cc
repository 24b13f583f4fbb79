#include "http/curl_client.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "base/guarded.h"
#include "http/transfer.h"

namespace eulerpublisher::http {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_idle_lines = 16;
constexpr size_t idle_lines_of_an_origin = 6;

// What a host's TLS needs beyond the defaults.
struct Trust {
  std::string authorities;  // PEM; empty: the system's are enough
  std::string certificate, key;
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// A redirect of other methods would lose or change the method (RFC 9110, 15.4), unless it is 307 or 308.
bool can_follow(const Request& request, const Response& response) {
  if (!is_redirect(response.status) || !response.headers.get("Location")) return false;
  if (request.method == "GET" || request.method == "HEAD") return true;
  return response.status == 307 || response.status == 308;
}

Result<std::string> read_pem(const fs::path& file) {
  std::string pem = TRY(read_file(file.string(), 16 * 1024 * 1024));
  if (!pem.empty() && pem.back() != '\n') pem += '\n';
  return pem;
}

// The folder for this host, with or without the port.
fs::path certs_folder(const ClientOptions& options, const Url& url) {
  std::error_code ignored;
  for (const fs::path& base : options.certs_d)
    for (const std::string& name : {url.host_and_port(), url.host() + ":" + std::to_string(url.port())})
      if (fs::is_directory(base / name, ignored)) return base / name;
  return {};
}

Result<Trust> trust_for(const ClientOptions& options, const Url& url, const std::string& system_file) {
  Trust trust{{}, options.client_certificate.string(), options.client_key.string()};
  std::vector<fs::path> extra = options.ca_files;
  if (fs::path folder = certs_folder(options, url); !folder.empty()) {
    std::error_code ignored;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
      if (file.extension() == ".crt") extra.push_back(file);
      if (file.extension() != ".cert") continue;
      fs::path key = file;
      key.replace_extension(".key");
      if (!fs::exists(key, ignored))
        return invalid("{} has no key beside it; put it into {}", file.string(), key.string());
      trust.certificate = file.string();
      trust.key = key.string();
    }
  }
  if (extra.empty()) return trust;
  // curl takes one bundle, so the system's goes into it.
  if (!system_file.empty()) trust.authorities = read_pem(system_file).value_or("");
  for (const fs::path& file : extra)
    trust.authorities += TRY(read_pem(file).within("reading an authority's certificate"));
  return trust;
}

}  // namespace

std::vector<fs::path> ClientOptions::usual_certs_d() {
  std::vector<fs::path> folders;
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config && *config)
    folders.push_back(fs::path(config) / "containers/certs.d");
  else if (home && *home)
    folders.push_back(fs::path(home) / ".config/containers/certs.d");
  folders.emplace_back("/etc/containers/certs.d");
  folders.emplace_back("/etc/docker/certs.d");
  return folders;
}

struct CurlClient::Inside {
  explicit Inside(ClientOptions chosen) : options(std::move(chosen)) {}

  ClientOptions options;
  CurlShare share;
  // Idle lines, the longest idle first.
  Guarded<std::vector<std::unique_ptr<CurlLine>>> idle;
  Guarded<std::map<std::string, Trust>> trusts;  // by origin

  std::unique_ptr<CurlLine> take_line(const std::string& origin) {
    auto lines = idle.lock();
    for (auto line = lines->rbegin(); line != lines->rend(); ++line) {
      if ((*line)->origin() != origin) continue;
      auto taken = std::move(*line);
      lines->erase(std::next(line).base());
      return taken;
    }
    return std::make_unique<CurlLine>(origin, share.get());
  }

  void give_back(std::unique_ptr<CurlLine> line) {
    std::unique_ptr<CurlLine> dropped;  // closed after the lock is gone
    auto lines = idle.lock();
    auto same =
        std::ranges::count_if(*lines, [&](const auto& other) { return other->origin() == line->origin(); });
    auto oldest = lines->begin();
    if (static_cast<size_t>(same) >= idle_lines_of_an_origin)
      oldest =
          std::ranges::find_if(*lines, [&](const auto& other) { return other->origin() == line->origin(); });
    if (static_cast<size_t>(same) >= idle_lines_of_an_origin || lines->size() >= most_idle_lines) {
      dropped = std::move(*oldest);
      lines->erase(oldest);
    }
    lines->push_back(std::move(line));
  }

  Done secure(CURL* easy, const Url& url) {
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!url.secure()) return {};
    auto known = trusts.lock();
    auto found = known->find(url.origin());
    if (found == known->end()) {
      char* system_file = nullptr;
      curl_easy_getinfo(easy, CURLINFO_CAINFO, &system_file);
      Trust trust = TRY(trust_for(options, url, system_file ? system_file : ""));
      found = known->emplace(url.origin(), std::move(trust)).first;
    }
    const Trust& trust = found->second;
    if (!trust.authorities.empty()) {
      curl_blob pem{const_cast<char*>(trust.authorities.data()), trust.authorities.size(), CURL_BLOB_COPY};
      curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &pem);
    }
    if (!trust.certificate.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, trust.certificate.c_str());
    if (!trust.key.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, trust.key.c_str());
    return {};
  }

  Result<Response> send_step(const Step& step, std::stop_token stop) {
    auto line = take_line(step.url.origin());
    line->prepare();
    TRY(secure(line->easy(), step.url));
    Patience patience{options.connect_patience, step.request.patience.value_or(options.stall_patience)};
    auto response = Transfer(*line, step, patience, std::move(stop)).run();
    give_back(std::move(line));
    return response;
  }
};

CurlClient::CurlClient(ClientOptions options) : inside_(std::make_unique<Inside>(std::move(options))) {}
CurlClient::~CurlClient() = default;

Result<Response> CurlClient::send(const Request& request, std::stop_token stop) {
  Url url = TRY(Url::parse(request.url));
  Step step{request, std::move(url), request.headers, request.public_only, {}};
  for (int left = request.redirects;; --left) {
    step.is_signpost = [&](const Response& response) { return left > 0 && can_follow(request, response); };
    Response response = TRY(inside_->send_step(step, stop));
    if (request.redirects == 0 || !can_follow(request, response)) return response;
    if (left == 0)
      return unavailable("{} {}: more than {} redirects", request.method, step.url.shown(),
                         request.redirects);
    Url next = TRY(step.url.resolve(*response.headers.get("Location")));
    if (step.url.secure() && !next.secure()) {
      if (next.host() != step.url.host())
        return denied("{} {}: is redirected from https to {}, without protection; this is not followed",
                      request.method, step.url.shown(), next.shown());
      // A server behind a proxy that does not know its own address.
      next = TRY(step.url.resolve_behind_proxy(*response.headers.get("Location")));
      if (!next.secure())
        return denied("{} {}: is redirected from https to {}", request.method, step.url.shown(),
                      next.shown());
    }
    if (!next.same_origin(step.url))
      for (const char* secret : {"Authorization", "Proxy-Authorization", "Cookie"})
        step.headers.remove(secret);
    step.public_only = step.public_only || response.from_public;
    step.url = next;
  }
}

}  // namespace eulerpublisher::http
