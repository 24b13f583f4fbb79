// Every kind of fault x each request of a publish to two registries: the run either ends right or fails with
// the old tags in place and nothing half visible.  In ctest a share of the cases, spread evenly; all of them
// with EP_FAULTS=all (scripts/faults-full.sh).

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "faults/two_registries.h"

namespace eulerpublisher::test {
namespace {

using Seen = HttpServer::Seen;

struct Kind {
  std::string name;
  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
  // Whether a run that meets it once must end right.  What cannot be told from a lie may end a run.
  bool passes = true;
  std::function<bool(const std::string& method, const http::Headers&, const std::string& target)> concerns;
  std::function<Fault(HttpServer&)> make;
  bool shuts_door = false;
};

bool has_body(const http::Headers& headers) {
  return headers.get("Transfer-Encoding").has_value() || headers.get("Content-Length").value_or("0") != "0";
}

const auto any_request = [](const std::string&, const http::Headers&, const std::string&) { return true; };
const auto not_for_tokens = [](const std::string&, const http::Headers&, const std::string& target) {
  return !target.starts_with("/token");
};
const auto with_body = [](const std::string&, const http::Headers& headers, const std::string&) {
  return has_body(headers);
};
const auto with_answer = [](const std::string& method, const http::Headers&, const std::string&) {
  return method == "GET";
};
const auto writing = [](const std::string& method, const http::Headers&, const std::string&) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
};

std::function<Fault(HttpServer&)> instead(ServerAnswer answer) {
  return [answer](HttpServer&) { return Fault{.instead = answer}; };
}

ServerAnswer unauthorized(HttpServer& server) {
  return {.status = 401,
          .headers =
              {{"WWW-Authenticate",
                fmt::format(
                    R"(Bearer realm="{}",service="faulty",scope="repository:openeuler/openeuler:pull,push")",
                    server.url("/token"))}},
          .body = R"({"errors":[{"code":"UNAUTHORIZED","message":"token expired"}]})",
          .unread = ServerAnswer::Unread::close};
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  auto add = [&](std::string name, bool passes, auto concerns,
                 std::function<Fault(HttpServer&)> make) -> Kind& {
    all.push_back({std::move(name), passes, concerns, std::move(make)});
    return all.back();
  };
  add("CutRequest", true, with_body, [](HttpServer&) { return Fault{.cut_request_after = 100}; });
  add("CutAnswer", true, with_answer, [](HttpServer&) { return Fault{.cut_answer_after = 20}; });
  add("Stall", true, any_request,
      [](HttpServer&) { return Fault{.instead = ServerAnswer{503}, .late = std::chrono::seconds(30)}; });
  add("StallInTheRequest", true, with_body, [](HttpServer&) { return Fault{.stall_request_after = 100}; });
  add("StallInTheAnswer", true, with_answer, [](HttpServer&) { return Fault{.stall_answer_after = 20}; });
  add("Slow", true, any_request, [](HttpServer&) { return Fault{.bytes_per_second = 200'000}; });
  add("TooManyRequests429", true, any_request,
      instead({429, {{"Retry-After", "7"}}, "too many\nrequests\n"}));
  add("ServerError500", true, any_request, instead({500, {}, "<html>oops</html>"}));
  add("Unavailable503", true, any_request,
      instead({503, {{"Retry-After", "Sat, 01 Jun 2024 10:00:30 GMT"}}, ""}));
  add("TokenExpired401", true, not_for_tokens,
      [](HttpServer& server) { return Fault{.instead = unauthorized(server)}; });
  add("Forbidden403", false, not_for_tokens, instead({403, {}, R"({"errors":[{"code":"DENIED"}]})"}));
  add("TruncatedAnswer", false, with_answer, [](HttpServer&) {
    return Fault{.distort = [](const ServerRequest&, ServerAnswer& answer) {
      answer.body.resize(answer.body.size() / 2);
    }};
  });
  add("WrongDigest", false, not_for_tokens, [](HttpServer&) {
    return Fault{.distort = [](const ServerRequest&, ServerAnswer& answer) {
      if (answer.headers.get("Docker-Content-Digest"))
        answer.headers.set("Docker-Content-Digest", "sha256:" + std::string(64, '0'));
    }};
  });
  add(
      "WrongRange", true,
      [](const std::string& method, const http::Headers&, const std::string& target) {
        return method == "PATCH" || target.find("/blobs/uploads/") != target.npos;
      },
      [](HttpServer&) {
        return Fault{.distort = [](const ServerRequest&, ServerAnswer& answer) {
          answer.headers.set("Range", "0-5");
        }};
      });
  add("LostAnswer", true, writing, [](HttpServer&) { return Fault{.lose_answer = true}; });
  add(
      "SessionForgotten", true,
      [](const std::string& method, const http::Headers&, const std::string& target) {
        return (method == "PATCH" || method == "PUT") && target.find("/blobs/uploads/") != target.npos;
      },
      instead({.status = 404,
               .headers = {},
               .body = R"({"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown"}]})",
               .unread = ServerAnswer::Unread::close}));
  add("ConnectionRefused", true, any_request, [](HttpServer&) {
    return Fault{.shut_door = true};
  }).shuts_door = true;
  return all;
}

// One publish with one fault.
struct Case {
  Before before;
  size_t registry;
  size_t request;  // which of those that the kind concerns
  bool forever;
};

struct Judged {
  enum Verdict { ended_right, failed_clean, left_and_told, wrong, never_struck } verdict;
  std::string why;
};

const TwoStates& states() {
  static const TwoStates made;
  return made;
}

std::vector<Tag> all_tags() {
  std::vector<Tag> tags;
  for (const EarnedTag& tag : TwoStates::request().tags) tags.push_back(tag.tag);
  return tags;
}

bool all_new(TwoRegistries& registries) {
  for (size_t which : {0, 1}) {
    if (!registries.missing(which, states().newer()).empty()) return false;
    for (const Tag& tag : all_tags())
      if (registries.tag(which, tag) != states().newer().index) return false;
  }
  return true;
}

// Whether the receipt owns up to a tag that stays on the new image.
bool told_as_left(const Receipt& receipt, size_t which, const Tag& tag) {
  for (const MoveOutcome& outcome : receipt.destinations[which].moves)
    if (outcome.move.tag == tag) return outcome.state == MoveOutcome::State::left && !outcome.note.empty();
  return false;
}

Judged judge_failed(TwoRegistries& registries, const Ended& ended, const Case& c) {
  bool left = false;
  for (size_t which : {0, 1}) {
    std::vector<bool> moved;
    for (const Tag& tag : all_tags()) {
      auto names = registries.tag(which, tag);
      bool is_new = names == states().newer().index;
      bool was_there = c.before == Before::older_everywhere || tag.text() != "24.03-lts-sp1";
      std::string who = fmt::format("{} {}", which == 0 ? "first" : "second", tag.text());
      moved.push_back(is_new);
      if (!is_new && (was_there ? names != states().older().index : names.has_value()))
        return {Judged::wrong, who + " names something that nobody made"};
      if (!is_new) continue;
      if (std::string lacks = registries.missing(which, states().newer()); !lacks.empty())
        return {Judged::wrong, who + " is visible without " + lacks};
      if (!told_as_left(ended.receipt, which, tag))
        return {Judged::wrong, who + " moved, and the receipt does not say that it stayed"};
      if (was_there && !(c.forever && which == c.registry))
        return {Judged::wrong, who + " did not go back, though its registry answers"};
      left = left || was_there;
    }
    if (!moved[0] && (moved[1] || moved[2]))
      return {Judged::wrong, "latest or the series moved before the own tag"};
    if (std::string lacks = registries.missing(which, states().older()); !lacks.empty())
      return {Judged::wrong, "the older release has lost " + lacks};
  }
  return {left ? Judged::left_and_told : Judged::failed_clean, ended.error ? ended.error->text() : "behind"};
}

Judged judge(TwoRegistries& registries, const Ended& ended, const Kind& kind, const Case& c) {
  if (registries.journal_has_unfinished()) return {Judged::wrong, "the journal has an unfinished release"};
  bool visible = all_new(registries);
  if (!ended.error && !ended.behind)
    return visible ? Judged{Judged::ended_right, ""} : Judged{Judged::wrong, "says published, and is not"};
  std::string text = ended.error ? ended.error->text() : ended.receipt.destinations[c.registry].error;
  if (!c.forever && kind.passes) return {Judged::wrong, "a fault that passes ended the run: " + text};
  // Everything is where it belongs, but what a registry said afterwards gave reason to doubt it.
  if (!ended.error && visible) return {Judged::failed_clean, "doubts: " + text};
  return judge_failed(registries, ended, c);
}

std::function<bool(const ServerRequest&)> concerned(const Kind& kind, size_t after) {
  return [&kind, after](const ServerRequest& request) {
    return request.number > after && kind.concerns(request.method, request.headers, request.target);
  };
}

Judged run_case(const Kind& kind, const Case& c) {
  TwoRegistries registries(states(), c.before);
  HttpServer& server = registries.registry(c.registry).server();
  Fault fault = kind.make(server);
  fault.when = concerned(kind, registries.filled(c.registry));
  fault.spare = c.request;
  fault.times = c.forever ? SIZE_MAX : 1;
  registries.let_doors_open(!c.forever);
  server.add_fault(std::move(fault));
  Ended ended = registries.publish();
  bool struck = server.faults_struck() > 0;
  Judged judged = judge(registries, ended, kind, c);
  if (judged.verdict == Judged::wrong) return judged;
  if (!struck) return {Judged::never_struck, ""};
  // Once the fault is gone, another run brings everything to where it belongs.
  server.clear_faults();
  server.open_door();
  Ended again = registries.publish();
  if (again.error) return {Judged::wrong, "the next run fails: " + again.error->text()};
  if (!all_new(registries))
    return {Judged::wrong, "the next run says " + again.receipt.result + ", and is not right"};
  return judged;
}

// How many requests of an undisturbed publish a kind concerns.
size_t count_requests(const Kind& kind, Before before, size_t registry) {
  static std::map<std::pair<Before, size_t>, std::vector<Seen>> undisturbed;
  auto& seen = undisturbed[{before, registry}];
  if (seen.empty()) {
    TwoRegistries registries(states(), before);
    Ended ended = registries.publish();
    EXPECT_TRUE(!ended.error && !ended.behind && all_new(registries))
        << (ended.error ? ended.error->text() : ended.receipt.print());
    for (size_t which : {0, 1}) undisturbed[{before, which}] = registries.seen(which);
  }
  return static_cast<size_t>(std::ranges::count_if(
      seen, [&](const Seen& one) { return kind.concerns(one.method, one.headers, one.target); }));
}

std::vector<Case> cases_of(const Kind& kind) {
  std::vector<Case> cases;
  for (Before before : {Before::older_everywhere, Before::own_tag_new})
    for (size_t registry : {0, 1})
      for (size_t request = 0, all = count_requests(kind, before, registry); request < all; ++request)
        for (bool forever : {false, true}) cases.push_back({before, registry, request, forever});
  return cases;
}

class FaultSuite : public testing::TestWithParam<Kind> {
 protected:
  // In memory where that can be had: what is tested here is not how long a disk takes to sync.
  static void SetUpTestSuite() {
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 1);
    if (!getenv("EP_FAULTS_TELL")) set_log(LogLevel::error, [](LogLevel, const std::string&) {});
  }
};

TEST_P(FaultSuite, EndsRightOrFailsWithTheOldTagsInPlace) {
  const Kind& kind = GetParam();
  std::vector<Case> all = cases_of(kind);
  bool every = std::string(getenv("EP_FAULTS") ? getenv("EP_FAULTS") : "") == "all";
  size_t share = every ? all.size() : std::min<size_t>(all.size(), 12);
  std::map<Judged::Verdict, size_t> count;
  for (size_t number = 0; number < share; ++number) {
    // Half a step in, and by turns one further, so that passing and lasting faults both have their share.
    size_t at =
        every ? number
              : std::min(all.size() - 1, (2 * number + 1) * all.size() / (2 * share) / 2 * 2 + number % 2);
    const Case& c = all[at];
    Judged judged = run_case(kind, c);
    ++count[judged.verdict];
    if (judged.verdict == Judged::wrong || getenv("EP_FAULTS_TELL"))
      std::printf("%s %s: request %zu of %s, %s, %s: %s\n",
                  judged.verdict == Judged::wrong ? "WRONG" : "TOLD", kind.name.c_str(), c.request + 1,
                  c.registry == 0 ? "the first" : "the second", c.forever ? "from then on" : "once",
                  c.before == Before::own_tag_new ? "own tag new" : "older everywhere", judged.why.c_str());
  }
  std::printf(
      "FAULTS %-20s cases %zu, ended right %zu, failed clean %zu, left and told %zu, wrong %zu (not met "
      "%zu)\n",
      kind.name.c_str(), share - count[Judged::never_struck], count[Judged::ended_right],
      count[Judged::failed_clean], count[Judged::left_and_told], count[Judged::wrong],
      count[Judged::never_struck]);
  EXPECT_EQ(count[Judged::wrong], 0u);
  EXPECT_TRUE(count[Judged::ended_right] > 0 || !kind.passes);
}

INSTANTIATE_TEST_SUITE_P(Each, FaultSuite, testing::ValuesIn(kinds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace eulerpublisher::test
