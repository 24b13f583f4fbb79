#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "release/destination.h"
#include "release/journal.h"

namespace eulerpublisher {

// What a registry holds under a tag, against the policy (spec: cli.md, `status`).
//   published   this version, with all platforms that it must have
//   behind      this version, but platforms are missing, or another registry has it from a newer archive
//   different   another version's image, or one that is not ours
//   absent      no such tag
enum class Standing { published, behind, different, absent };
std::string_view name_of(Standing standing);

// The same, against what the journal of this machine says last of the tag.
//   never_released   nothing: it was not put there from here
//   agreed           the tag names what it says
//   moved_since      the tag names something else, or is gone: somebody else has moved it
//   unfinished       a release that moves it is under way, or was interrupted
enum class Record { never_released, agreed, moved_since, unfinished };
std::string_view name_of(Record record);

struct TagStatus {
  std::optional<Seen> seen;
  Standing standing = Standing::absent;
  std::string because;  // why it is behind or different, for people
  Record record = Record::never_released;
  std::optional<Journal::LastWord> last;
  // What the tag should name by the journal; nothing where it says nothing, or that there is no such tag.
  std::optional<Digest> recorded;
};

struct RegistryStatus {
  std::string name;             // as a person wrote it
  std::string repository;       // as the journal knows it
  std::string problem;          // why it could not be looked at; empty when it could
  std::vector<TagStatus> tags;  // one for each row, none where there is a problem
};

// Every tag that the policy's versions earn × every registry.
struct Status {
  struct Row {
    Version version;
    EarnedTag tag;
  };
  std::vector<Row> rows;  // versions ascending, each with its own tag first
  std::vector<RegistryStatus> registries;
  bool seen_all() const;  // no registry has a problem
};

// Looks at all registries side by side and changes nothing.  One that cannot be looked at is told in its
// status; an Error means that the policy or the journal cannot be read, or that it was stopped.
Result<Status> read_status(const Policy& policy, const std::vector<Destination>& destinations,
                           Journal& journal, std::stop_token stop);

}  // namespace eulerpublisher
