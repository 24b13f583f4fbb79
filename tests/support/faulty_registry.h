#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "oci/digest.h"
#include "oci/name.h"
#include "support/http_server.h"

namespace eulerpublisher::test {

// What registries do that the OCI distribution-spec does not say, each a switch.  As it is made, the registry
// keeps to the specification.  M1 to M9 were measured on docker-registry 2.8.2, Q1 to Q16 come from the
// field.
struct Habits {
  // M1: a PATCH that is cut ends its session; without this the session keeps what came and may be resumed.
  bool cut_ends_session = true;
  // M2: a session goes on only at the address last given.
  bool old_location_refused = false;
  // M3: a wrong Content-Range is accepted, and the bytes are appended.
  bool content_range_unchecked = false;
  // M4: a fresh session says `Range: 0-0`.
  bool fresh_range = false;
  // M5: POST with `?digest=` begins a session like any other, and its body is ignored.
  bool post_ignores_digest = false;
  // M6, Q10: what a mount is answered with; 201 when it is done.
  int mount_answer = 201;
  // M7: a manifest that is asked for without Accept is not there.
  bool accept_needed = false;
  // M8: children are not looked for.
  bool children_unchecked = false;
  // M9: errors are told in plain text.
  bool plain_text_errors = false;
  uint64_t largest_manifest = 4 << 20;

  // Q1: ECR.
  bool patch_answers_201 = false;
  uint64_t smallest_piece = 0;  // each but the last, which goes with the closing PUT
  bool range_stays_at_first = false;
  bool empty_closing_put_fails = false;
  // Q2: a longer PATCH is 416.
  std::optional<uint64_t> largest_patch = {};
  // Q3: PATCH is not known.
  bool no_patch = false;
  // Q4: `Content-Range: bytes a-b/*` is refused, and so is asking how far a session is.
  bool plain_content_range_only = false;
  // Q5: Range counts within the piece.
  bool range_within_piece = false;
  // Q6: so many first uploads are answered 200, and so many 401.
  int healthchecks = 0, first_denials = 0;
  bool docker_children_refused = false;
  bool mount_needs_from = false;
  // Q7: pieces shorter than this end in 504.
  uint64_t tiny_piece = 0;
  // Q10: so many sessions are forgotten between their beginning and their first bytes.
  int forgotten_sessions = 0;
  // Q10, Q15: a longer body is 413, from what stands in front of the registry.
  std::optional<uint64_t> largest_body = {};
  // Q11: a tag that exists cannot be put again, not even the same.
  bool immutable_tags = false;
  // Q12: how Location is told.
  enum class Location { absolute, relative, without_port, elsewhere } location = Location::absolute;
  std::string elsewhere = {};  // scheme and host of the last
  // Q13: so many indexes are refused though their children are there.
  int blind_to_children = 0;

  // Q7 to Q9: bearer tokens.  A token serves for so many requests; 0 means that none are asked for.
  int token_uses = 0;
  bool last_scope_only = false;  // Q9
};

// A registry in this process that has the habits it is told to have, on a server that goes wrong where it is
// told to.
class FaultyRegistry {
 public:
  explicit FaultyRegistry(Habits habits = {});

  HttpServer& server() { return server_; }
  RegistryHost host() const { return *RegistryHost::parse(server_.host()); }

  // What it holds.
  std::optional<std::string> blob(const std::string& repository, const Digest& digest);
  std::optional<std::string> manifest(const std::string& repository, const std::string& reference);
  std::optional<Digest> tag(const std::string& repository, const std::string& name);
  void add_blob(const std::string& repository, const std::string& bytes);
  // Upload sessions that were begun, and those that are still open.
  int sessions_begun();
  size_t sessions_open();
  // The scopes that tokens were asked with, one string for each request.
  std::vector<std::string> scopes_asked();

 private:
  struct Session {
    std::string repository;
    std::string bytes;
    int state = 0;  // part of the address
    std::optional<uint64_t> first_piece;
    uint64_t last_piece = 0;
  };
  struct Manifest {
    std::string media_type, bytes;
  };
  struct Contents {
    std::map<Digest, std::string> blobs;
    std::map<Digest, Manifest> manifests;
    std::map<std::string, Digest> tags;
  };
  struct State {
    Habits habits;
    std::map<std::string, Contents> repositories;
    std::map<std::string, Session> sessions;
    std::map<std::string, std::pair<std::set<std::string>, int>> tokens;  // what each allows, and uses left
    std::vector<std::string> scopes_asked;
    int begun = 0;
  };

  ServerAnswer answer(ServerRequest& request);
  ServerAnswer token(const ServerRequest& request);
  std::optional<ServerAnswer> challenge(const ServerRequest& request, const std::string& repository,
                                        bool push);
  ServerAnswer uploads(ServerRequest& request, const std::string& repository, const std::string& id);
  ServerAnswer begin(ServerRequest& request, const std::string& repository);
  ServerAnswer patch(ServerRequest& request, const std::string& id);
  ServerAnswer close(ServerRequest& request, const std::string& id);
  ServerAnswer blobs(const ServerRequest& request, const std::string& repository, const std::string& digest);
  ServerAnswer manifests(ServerRequest& request, const std::string& repository, const std::string& reference);
  ServerAnswer put_manifest(State& state, const ServerRequest& request, const std::string& repository,
                            const std::string& reference, const std::string& body);
  ServerAnswer tags(const std::string& repository);
  ServerAnswer failure(const State& state, int status, const std::string& code);
  std::string location(const State& state, const std::string& id, const Session& session);
  std::string range(const State& state, const Session& session);
  // The session that an address means, or nothing.
  Session* session(State& state, const ServerRequest& request, const std::string& id);

  Guarded<State> state_;
  HttpServer server_;  // last: its threads use the rest
};

}  // namespace eulerpublisher::test
