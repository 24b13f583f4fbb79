#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "build/builder.h"
#include "build/workshop.h"
#include "policy/build_rules.h"
#include "store/store.h"

namespace eulerpublisher::build {

// What --builder says: `auto`, an engine, or `buildx:NAME`.  `auto` is what the policy gives, else the first
// of buildah, podman and docker that is installed.  `invalid` for anything else; `not_found` when `auto`
// finds nothing.
Result<std::vector<BuilderRule>> choose_builders(std::string_view asked,
                                                 const std::vector<BuilderRule>& policy);

// Which engine these rules give a platform, without asking any; nothing: none of them.
std::optional<std::string> kind_for(const std::vector<BuilderRule>& rules, const Platform& platform);
// All kinds there are.
std::vector<std::string> all_kinds();

// The builders of a run.  Safe from any thread.
class Builders {
 public:
  // Each builds `jobs` images of each platform at once.  Workshop and store outlive it.
  Builders(const std::vector<BuilderRule>& rules, unsigned jobs, Workshop& workshop, Store& store);

  // Builders of any kind, each for the platforms that its rule gives it.
  struct One {
    BuilderRule rule;
    std::unique_ptr<Builder> builder;
  };
  Builders(std::vector<One> builders, unsigned jobs) : builders_(std::move(builders)), jobs_(jobs) {}

  // What kind of engine builds for this platform, known without asking any; nothing: none of them does.
  std::optional<std::string> kind_for(const Platform& platform) const;

  // The right to have one image built.
  class Seat {
   public:
    Seat(Builders& builders, size_t at, Platform platform)
        : builders_(&builders), at_(at), platform_(std::move(platform)) {}
    Seat(Seat&& other) noexcept
        : builders_(std::exchange(other.builders_, nullptr)), at_(other.at_), platform_(other.platform_) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat();
    Builder& builder() const { return *builders_->builders_[at_].builder; }

   private:
    Builders* builders_;
    size_t at_;
    Platform platform_;
  };
  // Waits until a builder of kind_for() can take one more; of several the one that has the least to do.  What
  // a builder lacks is asked once: `unsupported` or `not_found` say what, `cancelled`.
  Result<Seat> take(const Platform& platform, std::stop_token stop);

  // How many can build at once, at most, for these platforms together.
  size_t seats(const std::vector<Platform>& platforms) const;

 private:
  struct State {
    std::map<std::pair<size_t, Platform>, unsigned> busy;
    std::map<std::pair<size_t, Platform>, Done> looked;
  };
  std::vector<size_t> candidates(const Platform& platform) const;
  Done look(size_t at, const Platform& platform, std::stop_token stop);

  std::vector<One> builders_;
  unsigned jobs_;
  Guarded<State> state_;
  Guarded<bool> looking_;  // held while one is asked
};

}  // namespace eulerpublisher::build
