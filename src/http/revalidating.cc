#include "http/revalidating.h"

#include <curl/curl.h>

#include <optional>

namespace eulerpublisher::http {
namespace {

constexpr size_t largest_kept = 1 << 20;
constexpr time_t too_young = 2;  // seconds

bool may_be_kept(const Request& request) {
  return request.method == "GET" && !request.into && !request.on_head && !request.body &&
         !request.headers.get("Range") && !request.headers.get("If-None-Match");
}

std::optional<Kept> keepable(const Response& response) {
  if (response.status != 200 || response.body.size() > largest_kept) return std::nullopt;
  Kept kept{response.headers.get("ETag").value_or(""), response.headers.get("Last-Modified").value_or(""),
            response.body, response.url};
  if (kept.etag.empty() && kept.last_modified.empty()) return std::nullopt;
  if (!kept.last_modified.empty()) {
    // Both by the server's own clock.
    time_t changed = curl_getdate(kept.last_modified.c_str(), nullptr);
    time_t sent = curl_getdate(response.headers.get("Date").value_or("").c_str(), nullptr);
    if (changed == -1 || sent == -1 || sent - changed < too_young) return std::nullopt;
  }
  return kept;
}

}  // namespace

Result<Response> Revalidating::send(const Request& request, std::stop_token stop) {
  if (!may_be_kept(request)) return next_.send(request, std::move(stop));
  std::optional<Kept> before;
  {
    auto state = state_.lock();
    state->asked[request.url] = true;
    if (auto found = state->kept.find(request.url); found != state->kept.end()) before = found->second;
  }
  Request conditional = request;
  if (before && !before->etag.empty()) conditional.headers.set("If-None-Match", before->etag);
  if (before && !before->last_modified.empty())
    conditional.headers.set("If-Modified-Since", before->last_modified);
  Response response = TRY(next_.send(conditional, std::move(stop)));
  auto state = state_.lock();
  if (before && response.status == 304) {
    ++state->unchanged;
    return Response{200, response.headers, before->body, before->url, response.from_public};
  }
  state->kept.erase(request.url);
  if (auto kept = keepable(response)) state->kept.emplace(request.url, std::move(*kept));
  return response;
}

std::map<std::string, Kept> Revalidating::kept() { return state_.lock()->kept; }

void Revalidating::keep(std::map<std::string, Kept> kept) { state_.lock()->kept = std::move(kept); }

void Revalidating::forget_unused() {
  auto state = state_.lock();
  std::erase_if(state->kept, [&](const auto& entry) { return !state->asked.contains(entry.first); });
  state->asked.clear();
}

uint64_t Revalidating::unchanged() { return state_.lock()->unchanged; }

}  // namespace eulerpublisher::http
