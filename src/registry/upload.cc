#include "registry/upload.h"

#include <algorithm>
#include <bit>
#include <variant>

#include "base/log.h"
#include "registry/followed_blob.h"
#include "registry/refusal.h"
#include "registry/upload_session.h"

namespace eulerpublisher {
namespace {

using Put = Repository::Put;
using std::chrono::milliseconds;

// Why a session came to nothing, and what that asks for.
struct Setback {
  enum class Next {
    again,          // the same in a new session
    cut,            // likewise, unless it happens at the same place again
    smaller,        // the body was too long
    whole,          // pieces are not wanted
    no_streaming,   // a body of unknown length is not wanted
    last_with_put,  // a closing PUT without bytes is not wanted
    give_up,
  };
  Next next;
  Error why;
  std::optional<http::Response> answer = {};
  uint64_t body = 0;  // bytes of the body that was refused or cut
  uint64_t sent = 0;  // bytes of it that had been read when it ended
  milliseconds time{0};
};

// What a session came to, or a session that may go on.
template <class T>
using Step = std::variant<T, Setback>;

// What was being sent when a registry refused it.
enum class Sending { nothing, whole, stream, piece };

// Whether one PATCH may follow a blob that is still growing, and a PUT without bytes end it.
bool streams(const Profile& profile) {
  return profile.streaming && profile.empty_closing_put && profile.way == Profile::Way::whole;
}

class Upload {
 public:
  Upload(Registry& registry, const RepositoryName& repository, const Blob& blob, std::stop_token stop)
      : registry_(registry), repository_(repository), blob_(blob), stop_(std::move(stop)) {}

  Result<Put> run();

 private:
  Result<bool> is_there(const Digest& digest);
  bool learn(const Setback& setback);
  bool learn_cut(const Setback& setback);
  bool learn_size(uint64_t largest);

  Step<Put> attempt(const Profile& profile);
  Step<bool> begin(const Profile& profile, UploadSession& session);
  bool mount(const Profile& profile, UploadSession& session, std::optional<Setback>& failed);
  Step<Put> send_whole(UploadSession& session);
  Step<Put> stream(UploadSession& session);
  Step<Put> send_pieces(const Profile& profile, UploadSession& session);
  Step<uint64_t> send_piece(UploadSession& session, const http::Body& piece, int& resumes);
  Step<Put> close(UploadSession& session, const std::optional<http::Body>& last);
  std::optional<Setback> compare(const http::Response& response, uint64_t total, uint64_t piece);
  Result<bool> reaches_beyond(uint64_t offset);

  Instant begin_sending();
  Setback failed(Error error, const http::Body* body, Instant since);
  Setback refused(http::Response response, Sending sending, uint64_t body);
  Setback::Next next_after(int status, const std::string& code, ErrorKind kind, Sending sending);
  std::string where() const { return registry_.host().text() + "/" + repository_.text(); }
  std::string doing() const {
    auto known = blob_.descriptor();
    return "uploading " + (known ? known->digest.brief() : std::string("a layer"));
  }
  Instant now() const { return registry_.options().clock->now(); }

  Registry& registry_;
  const RepositoryName& repository_;
  FollowedBlob blob_;
  std::stop_token stop_;
  bool mount_refused_ = false;
  struct Cut {
    uint64_t sent;  // bytes
    uint64_t time;  // milliseconds
  };
  std::vector<Cut> cuts_;  // of connections, since the last lesson
};

Result<bool> Upload::is_there(const Digest& digest) {
  http::Request head;
  head.method = "HEAD";
  head.url = registry_.url(repository_.text() + "/blobs/" + digest.text()).text();
  head.redirects = 5;
  head.purpose = "looking for a blob";
  head.scopes = {"repository:" + repository_.text() + ":pull,push"};
  http::Response response = TRY(registry_.send(head, stop_).within("{}: {}", where(), doing()));
  if (response.ok()) return true;
  // A registry that was killed while it noted the blob answers 5xx for it for good, until it is sent again.
  if (response.status == 404 || response.status >= 500) return false;
  return refusal(response, where(), "looking for " + digest.brief());
}

// A source that ends, or fails, where the blob does.
Result<bool> Upload::reaches_beyond(uint64_t offset) {
  auto known = blob_.descriptor();
  if (known) return known->size > offset;
  auto source = TRY(blob_.open(offset, stop_));
  std::byte next;
  size_t count = TRY(source->read({&next, 1}));
  return count > 0;
}

Result<Put> Upload::run() {
  std::optional<Registry::Turn> turn;
  int failures = 0, lessons = 0;
  while (true) {
    if (stop_.stop_requested()) return cancelled("{}: {} was stopped", where(), doing());
    Profile profile = registry_.profile();
    bool follows = streams(profile) || profile.way == Profile::Way::pieces;
    for (uint64_t offset = 0; !blob_.descriptor() && !follows;) {
      if (!TRY(reaches_beyond(offset))) break;
      offset = std::max<uint64_t>(offset * 2, 1 << 20);
    }
    if (auto known = blob_.descriptor()) {
      if (!turn) {
        Registry::Turn ours = TRY(registry_.take_turn(known->digest, stop_));
        turn.emplace(std::move(ours));
      }
      // Also the answer to a lost answer: a PUT that worked is not sent again.
      if (TRY(is_there(known->digest))) {
        registry_.note(repository_, known->digest);
        return failures + lessons > 0 ? Put::sent : Put::was_there;
      }
    }
    Step<Put> ended = attempt(profile);
    if (auto* put = std::get_if<Put>(&ended)) {
      registry_.note(repository_, blob_.descriptor()->digest);
      return *put;
    }
    auto& setback = std::get<Setback>(ended);
    if (auto failure = blob_.failure()) return *failure;
    if (setback.why.kind() == ErrorKind::cancelled || setback.next == Setback::Next::give_up)
      return std::move(setback.why);
    log_debug("{}: {}", doing(), setback.why.text());
    if (learn(setback) && ++lessons < 16) continue;
    if (++failures >= registry_.options().sessions) {
      setback.why.wrap(fmt::format("giving up after {} upload sessions", failures + lessons));
      return std::move(setback.why);
    }
    TRY(registry_.wait(failures - 1, setback.answer ? &*setback.answer : nullptr, stop_));
  }
}

// Whether the registry's profile has changed, so that the next session goes another way.
bool Upload::learn(const Setback& setback) {
  Profile before = registry_.profile();
  switch (setback.next) {
    case Setback::Next::no_streaming:
      registry_.learn_no_streaming();
      break;
    case Setback::Next::whole:
      registry_.learn_whole();
      break;
    case Setback::Next::last_with_put:
      registry_.learn_last_with_put();
      break;
    case Setback::Next::smaller:
      return learn_size(setback.body / 4);
    case Setback::Next::cut:
      return learn_cut(setback);
    case Setback::Next::again:
    case Setback::Next::give_up:
      break;
  }
  return registry_.profile() != before;
}

// Something between us and the registry may end every request of this length, or that takes this long.
bool Upload::learn_cut(const Setback& cut) {
  auto near = [](uint64_t left, uint64_t right, uint64_t slack) {
    return std::max(left, right) - std::min(left, right) <= slack;
  };
  auto time = static_cast<uint64_t>(cut.time.count());
  // The system takes some mebibytes from us before it sends them, which makes the place uncertain.
  bool again = std::ranges::any_of(cuts_, [&](const Cut& before) {
    bool same_place = near(before.sent, cut.sent, std::max<uint64_t>(1 << 20, cut.sent / 10));
    return same_place || (time >= 1000 && near(before.time, time, time / 10));
  });
  if (cut.sent == 0) return false;
  cuts_.push_back({cut.sent, time});
  if (!again && cuts_.size() < 3) return false;
  uint64_t least = std::ranges::min(cuts_, {}, &Cut::sent).sent;
  cuts_.clear();
  return learn_size(std::min(cut.body, least) / 2);
}

bool Upload::learn_size(uint64_t largest) {
  Profile before = registry_.profile();
  if (!before.pieces) return false;
  bool already = before.way == Profile::Way::pieces;
  if (already && before.largest_piece <= before.smallest_piece) return false;
  if (already) largest = std::min(largest, before.largest_piece / 2);
  largest = std::max(std::bit_floor(largest), before.smallest_piece);
  registry_.learn_pieces(std::min(largest, before.largest_piece));
  return registry_.profile() != before;
}

Instant Upload::begin_sending() {
  blob_.forget();
  return now();
}

// No answer came.
Setback Upload::failed(Error error, const http::Body* body, Instant since) {
  bool cut = body && error.kind() == ErrorKind::unavailable;
  error.wrap(fmt::format("{}: {}", where(), doing()));
  Setback setback{cut ? Setback::Next::cut : Setback::Next::give_up, std::move(error)};
  if (!body) return setback;
  setback.sent = blob_.reached() - std::min(blob_.reached(), body->offset);
  setback.body = body->length.value_or(setback.sent);
  setback.time = std::chrono::duration_cast<milliseconds>(now() - since);
  return setback;
}

Setback Upload::refused(http::Response response, Sending sending, uint64_t body) {
  std::string code = complaint_in(response.body).code;
  Error why = refusal(response, where(), doing());
  if (code == "DIGEST_INVALID" && response.status == 400)
    why = corrupt("{}: {}: the registry received other bytes than the digest says", where(), doing());
  Setback::Next next = next_after(response.status, code, why.kind(), sending);
  Setback setback{next, std::move(why), std::move(response)};
  setback.body = body;
  return setback;
}

Setback::Next Upload::next_after(int status, const std::string& code, ErrorKind kind, Sending sending) {
  using enum Setback::Next;
  if (kind == ErrorKind::corrupt || kind == ErrorKind::denied) return give_up;
  if (status == 404 || status == 409 || code.starts_with("BLOB_UPLOAD_")) return again;
  if (kind == ErrorKind::unavailable && status != 501) return again;
  Profile profile = registry_.profile();
  bool may_go_whole = profile.way == Profile::Way::whole && profile.pieces;
  switch (sending) {
    case Sending::stream:
      return status == 413 ? smaller : no_streaming;
    case Sending::whole:
      return status == 413 || status == 416 ? smaller : give_up;
    case Sending::piece:
      if (status == 413) return smaller;
      if (status == 416) return may_go_whole ? whole : smaller;
      return may_go_whole ? whole : give_up;
    case Sending::nothing:
      return profile.empty_closing_put ? last_with_put : give_up;
  }
  return give_up;
}

Step<Put> Upload::attempt(const Profile& profile) {
  UploadSession session(registry_, repository_);
  auto known = blob_.descriptor();
  Step<bool> begun = begin(profile, session);
  if (auto* setback = std::get_if<Setback>(&begun)) return std::move(*setback);
  if (std::get<bool>(begun)) return Put::mounted;
  bool fits = known && known->size <= (profile.way == Profile::Way::pieces
                                           ? profile.largest_piece
                                           : profile.largest_whole.value_or(UINT64_MAX));
  bool streams = !known && profile.streaming && profile.way == Profile::Way::whole;
  Step<Put> sent = fits ? send_whole(session) : streams ? stream(session) : send_pieces(profile, session);
  if (blob_.failure()) session.drop(stop_);
  return sent;
}

// Whether a mount made the session needless.
Step<bool> Upload::begin(const Profile& profile, UploadSession& session) {
  std::optional<Setback> setback;
  if (mount(profile, session, setback)) return true;
  if (setback) return std::move(*setback);
  int denials = profile.first_denials;
  // Some answer 200 while they set things up, which is not yet a session.
  for (int asked = 0; !session.started() && asked < 4; ++asked) {
    Instant since = now();
    auto answer = session.start(stop_);
    if (!answer) return failed(std::move(answer).error(), nullptr, since);
    if (session.started()) break;
    bool first_denial = answer->status == 401 && denials-- > 0;
    if (!answer->ok() && !first_denial)
      return Setback{Setback::Next::give_up, refusal(*answer, where(), doing())};
    Done waited = registry_.wait(asked, &*answer, stop_);
    if (!waited) return failed(std::move(waited).error(), nullptr, since);
  }
  if (session.started()) return false;
  return Setback{Setback::Next::give_up,
                 unavailable("{}: {}: the registry does not begin an upload; try later", where(), doing())};
}

bool Upload::mount(const Profile& profile, UploadSession& session, std::optional<Setback>& setback) {
  auto known = blob_.descriptor();
  if (!known || !profile.mount || mount_refused_) return false;
  auto sources = registry_.sources(repository_, known->digest);
  if (sources.empty()) return false;
  mount_refused_ = true;  // once is enough
  Instant since = now();
  auto answer = session.mount(known->digest, sources.front(), stop_);
  if (!answer) {
    setback = failed(std::move(answer).error(), nullptr, since);
    return false;
  }
  // Any refusal means no more than that the blob is to be uploaded.
  if (answer->status != 201)
    log_debug("{}: mounting from {}: {}", where(), sources.front().text(), answer->status);
  return answer->status == 201;
}

Step<Put> Upload::send_whole(UploadSession& session) {
  return close(session, http::Body{&blob_, 0, blob_.descriptor()->size});
}

Step<Put> Upload::stream(UploadSession& session) {
  http::Body body{&blob_, 0, std::nullopt};
  Instant since = begin_sending();
  auto answer = session.send(body, stop_);
  if (!answer) return failed(std::move(answer).error(), &body, since);
  if (!answer->ok()) {
    uint64_t least = registry_.profile().largest_piece;
    return refused(std::move(*answer), Sending::stream, std::max(blob_.reached(), least));
  }
  auto known = blob_.descriptor();
  if (!known)
    return Setback{Setback::Next::no_streaming,
                   unavailable("{}: {}: the registry ended the upload before its end", where(), doing())};
  if (auto mismatch = compare(*answer, known->size, known->size)) {
    mismatch->next = Setback::Next::no_streaming;
    return std::move(*mismatch);
  }
  return close(session, std::nullopt);
}

Step<Put> Upload::send_pieces(const Profile& profile, UploadSession& session) {
  uint64_t offset = 0;
  int resumes = 3;
  while (true) {
    uint64_t length = profile.largest_piece;
    auto more = reaches_beyond(offset + length);
    if (!more) return failed(std::move(more).error(), nullptr, now());
    auto known = blob_.descriptor();
    if (!*more) {
      if (!known)
        return Setback{Setback::Next::give_up,
                       corrupt("{}: {}: the blob ended without a digest", where(), doing())};
      length = known->size - offset;
    }
    http::Body piece{&blob_, offset, length};
    if (!*more && !profile.empty_closing_put) return close(session, piece);
    if (length > 0) {
      Step<uint64_t> reached = send_piece(session, piece, resumes);
      if (auto* setback = std::get_if<Setback>(&reached)) return std::move(*setback);
      offset = std::get<uint64_t>(reached);
    }
    if (known && offset == known->size) return close(session, std::nullopt);
  }
}

// Where the next piece begins.
Step<uint64_t> Upload::send_piece(UploadSession& session, const http::Body& piece, int& resumes) {
  Instant since = begin_sending();
  auto answer = session.send(piece, stop_);
  uint64_t end = piece.offset + *piece.length;
  if (answer && answer->ok()) {
    if (auto mismatch = compare(*answer, end, *piece.length)) return std::move(*mismatch);
    return end;
  }
  Setback setback = answer ? refused(std::move(*answer), Sending::piece, *piece.length)
                           : failed(std::move(answer).error(), &piece, since);
  // The session may have outlived the connection.
  if (setback.why.kind() != ErrorKind::unavailable || blob_.failure() || resumes-- == 0) return setback;
  if (!registry_.wait(3 - resumes - 1, setback.answer ? &*setback.answer : nullptr, stop_)) return setback;
  auto progress = session.ask(stop_);
  if (!progress || !progress->ok() || registry_.profile().range != Profile::RangeMeaning::total)
    return setback;
  auto received = bytes_received(*progress);
  // `0-0` is said after one byte and after none.
  if (received == 1 && piece.offset == 0) received = 0;
  if (!received || *received < piece.offset || *received > end) return setback;
  return *received;
}

Step<Put> Upload::close(UploadSession& session, const std::optional<http::Body>& last) {
  Digest digest = blob_.descriptor()->digest;
  http::Body nothing{&blob_, 0, 0};
  Instant since = begin_sending();
  auto answer = session.close(digest, last, stop_);
  if (!answer) return failed(std::move(answer).error(), last ? &*last : &nothing, since);
  if (!answer->ok()) {
    Sending sending = !last ? Sending::nothing : last->offset > 0 ? Sending::piece : Sending::whole;
    return refused(std::move(*answer), sending, last ? *last->length : 0);
  }
  auto named = answer->headers.get("Docker-Content-Digest");
  if (named && *named != digest.text())
    return Setback{Setback::Next::give_up,
                   corrupt("{}: {}: the registry says it holds {} instead; do not use what it has", where(),
                           doing(), printable(*named, 80))};
  if (answer->status == 201 || answer->status == 204) return Put::sent;
  // Something else than `created` may mean `accepted`, or nothing at all.
  auto there = is_there(digest);
  if (there && *there) return Put::sent;
  return Setback{
      Setback::Next::again,
      unavailable("{}: {}: the registry answered {} and does not hold it", where(), doing(), answer->status),
      std::move(*answer)};
}

// Whether the registry has counted otherwise than we have: it would keep something else.
std::optional<Setback> Upload::compare(const http::Response& response, uint64_t total, uint64_t piece) {
  auto received = bytes_received(response);
  Profile::RangeMeaning meaning = registry_.profile().range;
  if (!received || meaning == Profile::RangeMeaning::meaningless) return std::nullopt;
  if (*received == (meaning == Profile::RangeMeaning::total ? total : piece)) return std::nullopt;
  if (*received == total) return std::nullopt;
  if (*received == piece) {
    registry_.learn_range_within_piece();
    return std::nullopt;
  }
  return Setback{Setback::Next::again, unavailable("{}: {}: we sent {} bytes, the registry counts {}",
                                                   where(), doing(), total, *received)};
}

}  // namespace

Result<Put> upload(Registry& registry, const RepositoryName& repository, const Blob& blob,
                   std::stop_token stop) {
  return Upload(registry, repository, blob, std::move(stop)).run();
}

}  // namespace eulerpublisher
