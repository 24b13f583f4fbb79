#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "http/client.h"

namespace eulerpublisher::test {

using http::Client;
using http::Headers;
using http::Request;
using http::Response;

// A clock that moves only when somebody sleeps.
class FakeClock : public Clock {
 public:
  Instant now() override { return now_; }
  Done sleep(std::chrono::milliseconds time, std::stop_token stop) override {
    if (stop.stop_requested()) return cancelled("stopped while waiting");
    slept.push_back(time);
    now_ += time;
    return {};
  }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  std::chrono::milliseconds whole() const {
    std::chrono::milliseconds sum{0};
    for (auto time : slept) sum += time;
    return sum;
  }

  std::vector<std::chrono::milliseconds> slept;

 private:
  Instant now_ = std::chrono::system_clock::from_time_t(1'717'236'000);  // 2024-06-01T10:00:00Z
};

class FakeRandom : public Random {
 public:
  double unit() override { return value; }
  double value = 0.5;
};

// Answers what its function says, and keeps what it was asked.
class FakeClient : public Client {
 public:
  explicit FakeClient(std::function<Result<Response>(const Request&)> answer) : answer_(std::move(answer)) {}
  Result<Response> send(const Request& request, std::stop_token) override {
    asked.push_back(request);
    auto response = answer_(request);
    if (response.has_value() && response->url.empty()) response->url = request.url;
    return response;
  }
  std::vector<Request> asked;

 private:
  std::function<Result<Response>(const Request&)> answer_;
};

inline Response status(int status, Headers headers = {}, std::string body = "") {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

inline Request request_to(std::string url, std::string method = "GET") {
  Request request;
  request.url = std::move(url);
  request.method = std::move(method);
  return request;
}

}  // namespace eulerpublisher::test
