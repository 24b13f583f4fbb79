#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "http/client.h"

namespace eulerpublisher::test {

// Web servers in memory: files by their address.  Hosts may be down, files may fail, answers may be cut. Safe
// from any thread, one request at a time.
class FakeWeb : public http::Client {
 public:
  struct File {
    std::string content;
    int status = 200;
    bool knows_range = true;
    bool tells_length = true;
    std::string etag;
    uint64_t cut_after = 0;  // bytes of each answer; 0: whole answers
    int cuts = 1 << 20;      // how many answers are cut
    int failures = 0;        // answers `status` that many times and then 200
    std::string retry_after;
  };

  void put(const std::string& url, std::string content) { files[url].content = std::move(content); }

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    if (stop.stop_requested()) return cancelled("stopped");
    auto alone = one_at_a_time_.lock();
    asked.push_back(request.url);
    ranges.push_back(request.headers.get("Range").value_or(""));
    for (const std::string& down : hosts_down)
      if (request.url.starts_with(down)) return unavailable("{}: connection refused", down);
    auto found = files.find(request.url);
    if (found == files.end()) return answer_small(request, 404, "<html>not found</html>");
    File& file = found->second;
    if (file.status != 200 && (file.failures == 0 || failed_++ < file.failures)) {
      http::Response response{file.status, {}, {}, request.url};
      if (!file.retry_after.empty()) response.headers.add("Retry-After", file.retry_after);
      return response;
    }
    return request.into == nullptr ? answer_small(request, 200, file.content) : stream(request, file);
  }

  std::map<std::string, File> files;
  std::vector<std::string> hosts_down;
  std::vector<std::string> asked;
  std::vector<std::string> ranges;

 private:
  static Result<http::Response> answer_small(const http::Request& request, int status, std::string body) {
    if (status == 200 && body.size() > request.answer_limit) return corrupt("too long");
    http::Response response{status, {}, std::move(body), request.url};
    return response;
  }

  Result<http::Response> stream(const http::Request& request, File& file) {
    http::Response head{200, {}, {}, request.url};
    if (!file.etag.empty()) head.headers.add("ETag", file.etag);
    size_t from = 0;
    auto range = request.headers.get("Range");
    if (range && file.knows_range) {
      from = std::stoul(range->substr(6));
      head.status = 206;
      if (from >= file.content.size()) {
        head.status = 416;
        head.headers.add("Content-Range", fmt::format("bytes */{}", file.content.size()));
        return head;
      }
      head.headers.add("Content-Range",
                       fmt::format("bytes {}-{}/{}", from, file.content.size() - 1, file.content.size()));
    }
    std::string body = file.content.substr(from);
    if (file.tells_length) head.headers.add("Content-Length", fmt::format("{}", body.size()));
    if (request.on_head) TRY(request.on_head(head));
    bool cut = file.cut_after > 0 && file.cut_after < body.size() && file.cuts-- > 0;
    if (cut) body.resize(file.cut_after);
    for (std::string_view rest = body; !rest.empty();) {
      std::string_view piece = rest.substr(0, 7);
      TRY(request.into->write(as_bytes(piece)));
      rest.remove_prefix(piece.size());
    }
    if (cut) return unavailable("the connection was cut");
    return head;
  }

  Guarded<int> one_at_a_time_;
  int failed_ = 0;
};

}  // namespace eulerpublisher::test
