#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/plan.h"
#include "sync/attempts.h"
#include "sync/offer.h"

namespace eulerpublisher::sync {

// How what a registry holds stands to what the release repository has.
enum class Agreement {
  agreed,
  behind,     // an older update of the version, fewer platforms, or a tag that is missing
  different,  // another version's image, one that is not ours, or something newer than the repository has
  absent,     // there is no such tag
  unknown,    // one of the two could not be looked at
};
std::string_view name_of(Agreement agreement);

// What one registry holds of a version.
struct Held {
  std::string registry;
  std::vector<std::optional<Seen>> seen;  // in the order of the version's tags
  std::string problem;                    // or why that could not be seen
};

// An update whose own tag is missing somewhere.
struct DatedUpdate {
  Offered offered;
  EarnedTag tag;
  std::vector<std::string> registries;  // that lack it
};

// What is known about one version before anything is decided.
struct VersionView {
  Version version;
  bool in_policy = true;
  Offer offer;
  std::vector<EarnedTag> tags;     // what the newest earns, its own first
  std::optional<Content> content;  // what the newest becomes
  std::string state;               // of its files, where the last attempt wants to know
  std::vector<Held> held;          // one for each registry
  std::vector<DatedUpdate> dated;  // older updates
};

// One thing to be published.
struct Task {
  Version version;
  ReleaseIndex index;
  std::vector<EarnedTag> tags;
  std::vector<std::string> registries;    // that lack something
  std::vector<std::string> destinations;  // these, and those that have it and can lend it
  std::string because;
  std::string key;  // of Attempts
  std::string what;
  std::string state;
};

// Something that people want to know.
struct Remark {
  enum class Kind {
    not_yet,          // a directory is not whole
    overdue,          // and that for longer than the policy's limit
    unknown_version,  // published without special tags
    held_back,        // a tag is left alone: it would go back, or lose platforms
    later,            // failed before, and waits
    given_up,
    problem,  // could not be looked at
  };
  Kind kind;
  Version version;
  std::string text;
};
std::string_view name_of(Remark::Kind kind);

struct Decision {
  std::vector<Task> tasks;  // oldest first: by the update's date, then by version
  std::vector<Remark> remarks;
  std::map<Version, std::vector<Agreement>> agreement;  // in the order of VersionView::held
};

// Since when a directory has been seen that is not whole: `24.03-LTS-SP1 docker_img/update/2025-06-10`.
using NotYetSince = std::map<std::string, Instant>;
std::string key_of(const Version& version, const ReleaseIndex& index);

// Pure: what the source has × what the registries hold × what was tried → what to do and why.  Content is
// compared (checksums and annotations) by make_plan(), as for a release that a person asks for; nothing that
// it would refuse is done.
Decision decide(const std::vector<VersionView>& views, const Attempts& attempts, const NotYetSince& since,
                Instant now, const SyncRules& rules);

}  // namespace eulerpublisher::sync
