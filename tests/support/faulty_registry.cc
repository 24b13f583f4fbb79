#include "support/faulty_registry.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "oci/document.h"
#include "oci/media_type.h"
#include "registry/children.h"

namespace eulerpublisher::test {

namespace {

bool takes(const std::string& method) { return method == "GET" || method == "HEAD"; }

// `a-b` or `bytes a-b/*`.
std::optional<std::pair<uint64_t, uint64_t>> content_range(std::string text) {
  if (text.starts_with("bytes ")) text = text.substr(6, text.find('/') - 6);
  uint64_t from = 0, to = 0;
  if (std::sscanf(text.c_str(), "%lu-%lu", &from, &to) != 2) return std::nullopt;
  return std::pair(from, to);
}

// The parts of `/v2/NAME/KIND/REST`, where NAME may have slashes.
struct Path {
  std::string repository, kind, rest;
};
Path take_apart(const std::string& path) {
  for (const std::string kind : {"/blobs/uploads/", "/blobs/", "/manifests/", "/tags/", "/referrers/"}) {
    size_t at = path.find(kind);
    if (at != path.npos && at >= 4) return {path.substr(4, at - 4), kind, path.substr(at + kind.size())};
  }
  return {};
}

}  // namespace

FaultyRegistry::FaultyRegistry(Habits habits)
    : server_([this](ServerRequest& request) { return answer(request); }) {
  state_.lock()->habits = std::move(habits);
}

std::optional<std::string> FaultyRegistry::blob(const std::string& repository, const Digest& digest) {
  auto state = state_.lock();
  auto& blobs = state->repositories[repository].blobs;
  auto found = blobs.find(digest);
  return found == blobs.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> FaultyRegistry::manifest(const std::string& repository,
                                                    const std::string& reference) {
  auto state = state_.lock();
  auto& contents = state->repositories[repository];
  auto digest = Digest::parse(reference);
  auto tag = contents.tags.find(reference);
  if (!digest && tag == contents.tags.end()) return std::nullopt;
  auto found = contents.manifests.find(digest ? *digest : tag->second);
  return found == contents.manifests.end() ? std::nullopt : std::optional(found->second.bytes);
}

std::optional<Digest> FaultyRegistry::tag(const std::string& repository, const std::string& name) {
  auto state = state_.lock();
  auto& tags = state->repositories[repository].tags;
  auto found = tags.find(name);
  return found == tags.end() ? std::nullopt : std::optional(found->second);
}

void FaultyRegistry::add_blob(const std::string& repository, const std::string& bytes) {
  state_.lock()->repositories[repository].blobs.emplace(digest_of(bytes), bytes);
}

int FaultyRegistry::sessions_begun() { return state_.lock()->begun; }
size_t FaultyRegistry::sessions_open() { return state_.lock()->sessions.size(); }
std::vector<std::string> FaultyRegistry::scopes_asked() { return state_.lock()->scopes_asked; }

ServerAnswer FaultyRegistry::failure(const State& state, int status, const std::string& code) {
  if (state.habits.plain_text_errors)
    return {status, {{"Content-Type", "text/plain"}}, "\n" + code + " in plain text\nand a second line\n"};
  return {status,
          {{"Content-Type", "application/json"}},
          fmt::format(R"({{"errors":[{{"code":"{}","message":"{} is what went wrong"}}]}})", code, code)};
}

ServerAnswer FaultyRegistry::answer(ServerRequest& request) {
  if (request.path == "/token") return token(request);
  if (request.path == "/v2/") return {200, {}, "{}"};
  Path path = take_apart(request.path);
  if (path.kind == "/referrers/") return {404, {{"Content-Type", "text/plain"}}, "404 page not found\n"};
  if (path.kind.empty()) return {404, {}, "404 page not found\n"};
  std::optional<uint64_t> largest = state_.lock()->habits.largest_body;
  if (largest && takes(request.method) == false) {
    auto length = request.headers.get("Content-Length");
    if (length && std::stoull(*length) > *largest)
      return {.status = 413,
              .headers = {{"Content-Type", "text/html"}},
              .body = "<html><title>413 Request Entity Too Large</title></html>",
              .unread = ServerAnswer::Unread::close};
  }
  if (auto unproven = challenge(request, path.repository, !takes(request.method))) return *unproven;
  if (path.kind == "/blobs/uploads/") return uploads(request, path.repository, path.rest);
  if (path.kind == "/blobs/") return blobs(request, path.repository, path.rest);
  if (path.kind == "/manifests/") return manifests(request, path.repository, path.rest);
  return tags(path.repository);
}

ServerAnswer FaultyRegistry::token(const ServerRequest& request) {
  auto state = state_.lock();
  std::vector<std::string> scopes;
  std::string_view query = request.query;
  for (size_t at = query.find("scope="); at != query.npos; at = query.find("scope=", at + 1)) {
    ServerRequest one;
    one.query = std::string(query.substr(at, query.find('&', at) - at));
    scopes.push_back(one.parameter("scope").value_or(""));
  }
  std::string asked;
  for (const auto& scope : scopes) asked += (asked.empty() ? "" : " ") + scope;
  state->scopes_asked.push_back(asked);
  if (state->habits.last_scope_only && scopes.size() > 1) scopes = {scopes.back()};
  std::string name = fmt::format("token-{}", state->scopes_asked.size());
  state->tokens[name] = {{scopes.begin(), scopes.end()}, state->habits.token_uses};
  return {
      200, {{"Content-Type", "application/json"}}, fmt::format(R"({{"token":"{}","expires_in":300}})", name)};
}

// What a request without a good token is answered with.
std::optional<ServerAnswer> FaultyRegistry::challenge(const ServerRequest& request,
                                                      const std::string& repository, bool push) {
  auto state = state_.lock();
  if (state->habits.token_uses == 0) return std::nullopt;
  auto granted = [&](const std::set<std::string>& scopes, const std::string& name, bool pushes) {
    return scopes.contains("repository:" + name + ":pull,push") ||
           (!pushes && scopes.contains("repository:" + name + ":pull"));
  };
  std::string shown = request.headers.get("Authorization").value_or("");
  auto found = state->tokens.find(shown.starts_with("Bearer ") ? shown.substr(7) : "");
  if (found != state->tokens.end() && found->second.second > 0) {
    auto& [scopes, uses] = found->second;
    auto source = request.parameter("from");
    if (granted(scopes, repository, push) && (!source || granted(scopes, *source, false))) {
      --uses;
      return std::nullopt;
    }
    if (granted(scopes, repository, push)) return failure(*state, 401, "DENIED");
  }
  ServerAnswer refused = failure(*state, 401, "UNAUTHORIZED");
  refused.headers.add("WWW-Authenticate",
                      fmt::format(R"(Bearer realm="{}",service="faulty",scope="repository:{}:{}")",
                                  server_.url("/token"), repository, push ? "pull,push" : "pull"));
  refused.unread = ServerAnswer::Unread::close;
  return refused;
}

std::string FaultyRegistry::location(const State& state, const std::string& id, const Session& session) {
  std::string path = fmt::format("/v2/{}/blobs/uploads/{}?_state={}", session.repository, id, session.state);
  switch (state.habits.location) {
    case Habits::Location::absolute:
      return server_.url(path);
    case Habits::Location::relative:
      return path;
    case Habits::Location::without_port:
      return "http://127.0.0.1" + path;
    case Habits::Location::elsewhere:
      return state.habits.elsewhere + path;
  }
  return path;
}

std::string FaultyRegistry::range(const State& state, const Session& session) {
  uint64_t count = session.bytes.size();
  if (state.habits.range_within_piece) count = session.last_piece;
  if (state.habits.range_stays_at_first) count = session.first_piece.value_or(0);
  return fmt::format("0-{}", count == 0 ? 0 : count - 1);
}

FaultyRegistry::Session* FaultyRegistry::session(State& state, const ServerRequest& request,
                                                 const std::string& id) {
  auto found = state.sessions.find(id);
  if (found == state.sessions.end()) return nullptr;
  if (state.habits.old_location_refused && request.parameter("_state") != std::to_string(found->second.state))
    return nullptr;
  return &found->second;
}

ServerAnswer FaultyRegistry::uploads(ServerRequest& request, const std::string& repository,
                                     const std::string& id) {
  if (id.empty() && request.method == "POST") return begin(request, repository);
  if (request.method == "PATCH") return patch(request, id);
  if (request.method == "PUT") return close(request, id);
  auto state = state_.lock();
  Session* found = session(*state, request, id);
  if (!found) return failure(*state, 404, "BLOB_UPLOAD_INVALID");
  if (request.method == "DELETE") {
    state->sessions.erase(id);
    return {204};
  }
  if (state->habits.plain_content_range_only) return failure(*state, 404, "BLOB_UPLOAD_UNKNOWN");
  return {204, {{"Location", location(*state, id, *found)}, {"Range", range(*state, *found)}}};
}

ServerAnswer FaultyRegistry::begin(ServerRequest& request, const std::string& repository) {
  auto digest = Digest::parse(request.parameter("mount").value_or(""));
  auto posted = Digest::parse(request.parameter("digest").value_or(""));
  std::string body = request.read_body();
  auto state = state_.lock();
  Habits& habits = state->habits;
  if (habits.first_denials > 0) {
    --habits.first_denials;
    return failure(*state, 401, "UNAUTHORIZED");
  }
  if (habits.healthchecks > 0) {
    --habits.healthchecks;
    return {200, {}, "Healthcheck requested"};
  }
  if (digest) {
    std::string source = request.parameter("from").value_or("");
    if (source.empty() && habits.mount_needs_from) return failure(*state, 400, "UNSUPPORTED");
    auto& blobs = state->repositories[source].blobs;
    auto found = blobs.find(*digest);
    if (habits.mount_answer == 201 && found != blobs.end()) {
      state->repositories[repository].blobs.insert(*found);
      return {201, {{"Location", server_.url("/v2/" + repository + "/blobs/" + digest->text())}}};
    }
    if (habits.mount_answer >= 400) return failure(*state, habits.mount_answer, "DENIED");
  }
  if (posted && !habits.post_ignores_digest && *posted == digest_of(body)) {
    state->repositories[repository].blobs.emplace(*posted, body);
    return {201};
  }
  std::string id = fmt::format("session-{}", ++state->begun);
  Session begun{repository, {}, 0, {}, 0};
  ServerAnswer accepted{202, {{"Location", location(*state, id, begun)}, {"Docker-Upload-UUID", id}}};
  if (habits.fresh_range) accepted.headers.add("Range", "0-0");
  if (habits.forgotten_sessions > 0) {
    --habits.forgotten_sessions;
  } else {
    state->sessions.emplace(id, std::move(begun));
  }
  return accepted;
}

ServerAnswer FaultyRegistry::patch(ServerRequest& request, const std::string& id) {
  {
    auto state = state_.lock();
    if (state->habits.no_patch) return failure(*state, 405, "UNSUPPORTED");
    if (!session(*state, request, id)) return failure(*state, 404, "BLOB_UPLOAD_INVALID");
  }
  std::string body = request.read_body();
  auto state = state_.lock();
  const Habits& habits = state->habits;
  Session* found = session(*state, request, id);
  if (!found) return failure(*state, 404, "BLOB_UPLOAD_INVALID");
  if (request.cut()) {
    if (habits.cut_ends_session)
      state->sessions.erase(id);
    else
      found->bytes += body;
    return {500};
  }
  std::string told = request.headers.get("Content-Range").value_or("");
  if (habits.plain_content_range_only && told.starts_with("bytes"))
    return failure(*state, 400, "RANGE_INVALID");
  auto range_told = content_range(told);
  bool fits = !range_told || (range_told->first == found->bytes.size() &&
                              range_told->second - range_told->first + 1 == body.size());
  if (!fits && !habits.content_range_unchecked) return failure(*state, 416, "RANGE_INVALID");
  if (habits.largest_patch && body.size() > *habits.largest_patch)
    return failure(*state, 416, "SIZE_INVALID");
  if (body.size() < habits.tiny_piece) return {504, {}, "<html>gateway</html>"};
  // That a piece is too short is found when another follows it.
  if (found->first_piece && found->last_piece < habits.smallest_piece)
    return failure(*state, 400, "SIZE_INVALID");
  found->bytes += body;
  if (!found->first_piece) found->first_piece = body.size();
  found->last_piece = body.size();
  ++found->state;
  return {habits.patch_answers_201 ? 201 : 202,
          {{"Location", location(*state, id, *found)}, {"Range", range(*state, *found)}}};
}

ServerAnswer FaultyRegistry::close(ServerRequest& request, const std::string& id) {
  std::string body = request.read_body();
  auto state = state_.lock();
  const Habits& habits = state->habits;
  Session* found = session(*state, request, id);
  if (!found) return failure(*state, 404, "BLOB_UPLOAD_INVALID");
  if (request.cut()) {
    if (habits.cut_ends_session) state->sessions.erase(id);
    return {500};
  }
  if (habits.empty_closing_put_fails && body.empty() && !found->bytes.empty())
    return failure(*state, 400, "UNSUPPORTED");
  auto digest = Digest::parse(request.parameter("digest").value_or(""));
  std::string bytes = found->bytes + body, repository = found->repository;
  if (!digest || *digest != digest_of(bytes)) return failure(*state, 400, "DIGEST_INVALID");
  state->repositories[repository].blobs.emplace(*digest, std::move(bytes));
  state->sessions.erase(id);
  return {201,
          {{"Location", "/v2/" + repository + "/blobs/" + digest->text()},
           {"Docker-Content-Digest", digest->text()}}};
}

ServerAnswer FaultyRegistry::blobs(const ServerRequest& request, const std::string& repository,
                                   const std::string& digest) {
  auto parsed = Digest::parse(digest);
  auto bytes = parsed ? blob(repository, *parsed) : std::nullopt;
  auto state = state_.lock();
  if (!bytes) return failure(*state, 404, "BLOB_UNKNOWN");
  uint64_t from = 0;
  std::string range = request.headers.get("Range").value_or("");
  bool partial = std::sscanf(range.c_str(), "bytes=%lu-", &from) == 1 && from < bytes->size();
  if (!partial) return {200, {{"Docker-Content-Digest", digest}}, std::move(*bytes)};
  return {206,
          {{"Content-Range", fmt::format("bytes {}-{}/{}", from, bytes->size() - 1, bytes->size())}},
          bytes->substr(from)};
}

ServerAnswer FaultyRegistry::manifests(ServerRequest& request, const std::string& repository,
                                       const std::string& reference) {
  std::string body = request.read_body();
  auto state = state_.lock();
  auto& contents = state->repositories[repository];
  if (request.method == "PUT") {
    if (request.cut()) return {500};
    return put_manifest(*state, request, repository, reference, body);
  }
  auto digest = Digest::parse(reference);
  auto tag = contents.tags.find(reference);
  auto found = digest                       ? contents.manifests.find(*digest)
               : tag != contents.tags.end() ? contents.manifests.find(tag->second)
                                            : contents.manifests.end();
  bool accepted = found != contents.manifests.end() &&
                  (!state->habits.accept_needed || request.headers.get("Accept").value_or("").find(
                                                       found->second.media_type) != std::string::npos);
  if (!accepted) return failure(*state, 404, "MANIFEST_UNKNOWN");
  return {200,
          {{"Content-Type", found->second.media_type}, {"Docker-Content-Digest", found->first.text()}},
          found->second.bytes};
}

ServerAnswer FaultyRegistry::put_manifest(State& state, const ServerRequest& request,
                                          const std::string& repository, const std::string& reference,
                                          const std::string& body) {
  auto& contents = state.repositories[repository];
  RawManifest manifest{request.headers.get("Content-Type").value_or(""), body};
  if (body.size() > state.habits.largest_manifest) return failure(state, 400, "MANIFEST_INVALID");
  auto digest = Digest::parse(reference);
  if (digest && *digest != manifest.digest()) return failure(state, 400, "DIGEST_INVALID");
  if (!digest && state.habits.immutable_tags && contents.tags.contains(reference))
    return failure(state, 412, "PRECONDITION");
  auto children = children_of(manifest);
  if (!children) return failure(state, 400, "MANIFEST_INVALID");
  for (const Descriptor& child : *children) {
    bool docker = child.media_type == media_type::docker_manifest && manifest.media_type == media_type::index;
    if (docker && state.habits.docker_children_refused) return failure(state, 400, "MANIFEST_INVALID");
    bool there = contents.manifests.contains(child.digest) || contents.blobs.contains(child.digest);
    if (!there && !state.habits.children_unchecked) return failure(state, 400, "MANIFEST_BLOB_UNKNOWN");
  }
  if (media_type::is_index(manifest.media_type) && state.habits.blind_to_children > 0) {
    --state.habits.blind_to_children;
    return failure(state, 404, "MANIFEST_UNKNOWN");
  }
  contents.manifests.insert_or_assign(manifest.digest(), Manifest{manifest.media_type, body});
  if (!digest) contents.tags.insert_or_assign(reference, manifest.digest());
  return {201, {{"Docker-Content-Digest", manifest.digest().text()}}};
}

ServerAnswer FaultyRegistry::tags(const std::string& repository) {
  auto state = state_.lock();
  auto found = state->repositories.find(repository);
  if (found == state->repositories.end()) return failure(*state, 404, "NAME_UNKNOWN");
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [name, digest] : found->second.tags) list.push_back(name);
  return {200,
          {{"Content-Type", "application/json"}},
          nlohmann::json{{"name", repository}, {"tags", list}}.dump()};
}

}  // namespace eulerpublisher::test
