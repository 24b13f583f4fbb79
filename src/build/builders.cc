#include "build/builders.h"

#include <algorithm>
#include <array>

#include "build/containers_builder.h"
#include "build/docker_builder.h"
#include "policy/yaml.h"
#include "process/run.h"

namespace eulerpublisher::build {
namespace {

constexpr std::array<std::string_view, 3> installed_ones{"buildah", "podman", "docker"};

std::unique_ptr<Builder> make_builder(const BuilderRule& rule, Workshop& workshop, Store& store) {
  if (rule.engine == "docker") return std::make_unique<DockerBuilder>(workshop, store);
  if (rule.engine == "buildx")
    return std::make_unique<BuildxBuilder>(rule.name, rule.platforms, workshop, store);
  return std::make_unique<ContainersBuilder>(ContainersBuilder::Options{rule.engine, rule.isolation},
                                             workshop, store);
}

bool serves(const BuilderRule& rule, const Platform& platform) {
  return rule.platforms.empty() || std::ranges::any_of(rule.platforms, [&](const Platform& served) {
           return same_machine(served, platform);
         });
}

}  // namespace

std::optional<std::string> kind_for(const std::vector<BuilderRule>& rules, const Platform& platform) {
  auto first = std::ranges::find_if(rules, [&](const BuilderRule& rule) { return serves(rule, platform); });
  return first == rules.end() ? std::nullopt : std::optional(first->engine);
}

std::vector<std::string> all_kinds() {
  std::vector<std::string> all(installed_ones.begin(), installed_ones.end());
  all.push_back("buildx");
  return all;
}

Result<std::vector<BuilderRule>> choose_builders(std::string_view asked,
                                                 const std::vector<BuilderRule>& policy) {
  if (asked == "auto") {
    if (!policy.empty()) return policy;
    for (std::string_view engine : installed_ones)
      if (!process::find_program(engine).empty())
        return std::vector<BuilderRule>{{std::string(engine), {}, {}, {}}};
    return not_found("nothing that builds Dockerfiles is installed: install buildah, podman or docker");
  }
  std::string_view engine = asked.substr(0, asked.find(':'));
  std::string_view name = engine.size() < asked.size() ? asked.substr(engine.size() + 1) : std::string_view{};
  bool known = std::ranges::find(installed_ones, engine) != installed_ones.end() || engine == "buildx";
  bool named = engine.size() < asked.size();
  if (!known || (named && (engine != "buildx" || name.empty() || name[0] == '-')))
    return invalid("--builder {}: auto, buildah, podman, docker, buildx or buildx:NAME", for_message(asked));
  BuilderRule rule{std::string(engine), std::string(name), {}, {}};
  // What else the policy says of it counts.
  for (const BuilderRule& other : policy)
    if (other.engine == rule.engine && (rule.name.empty() || rule.name == other.name))
      return std::vector{other};
  return std::vector{rule};
}

Builders::Builders(const std::vector<BuilderRule>& rules, unsigned jobs, Workshop& workshop, Store& store)
    : jobs_(std::max(1u, jobs)) {
  for (const BuilderRule& rule : rules) builders_.push_back({rule, make_builder(rule, workshop, store)});
}

std::optional<std::string> Builders::kind_for(const Platform& platform) const {
  std::vector<BuilderRule> rules;
  for (const One& one : builders_) rules.push_back(one.rule);
  return build::kind_for(rules, platform);
}

std::vector<size_t> Builders::candidates(const Platform& platform) const {
  auto kind = kind_for(platform);
  std::vector<size_t> all;
  for (size_t i = 0; i < builders_.size(); ++i)
    if (serves(builders_[i].rule, platform) && builders_[i].rule.engine == kind) all.push_back(i);
  return all;
}

Done Builders::look(size_t at, const Platform& platform, std::stop_token stop) {
  auto alone = looking_.lock();
  {
    auto state = state_.lock();
    auto known = state->looked.find({at, platform});
    if (known != state->looked.end()) return known->second;
  }
  Done can = builders_[at].builder->can_build(platform, stop);
  if (can || can.error().kind() != ErrorKind::cancelled)
    state_.lock()->looked.insert_or_assign(std::pair(at, platform), can);
  return can;
}

Result<Builders::Seat> Builders::take(const Platform& platform, std::stop_token stop) {
  std::vector<size_t> able;
  std::optional<Error> lacks;
  for (size_t at : candidates(platform)) {
    Done can = look(at, platform, stop);
    if (can) {
      able.push_back(at);
    } else if (!lacks) {
      lacks = can.error();
    }
  }
  if (able.empty()) {
    if (lacks) return *lacks;
    return unsupported("no builder is given {}: add one in the policy, or name one with --builder",
                       platform.text());
  }
  auto state = state_.lock();
  auto busy = [&](State& of, size_t at) -> unsigned& { return of.busy[{at, platform}]; };
  size_t chosen = 0;
  bool had = state.wait(stop, [&](State& now) {
    auto least = std::ranges::min_element(able, {}, [&](size_t at) { return busy(now, at); });
    chosen = *least;
    return busy(now, chosen) < jobs_;
  });
  if (!had) return cancelled("stopped while waiting for a builder");
  ++busy(*state, chosen);
  return Seat(*this, chosen, platform);
}

Builders::Seat::~Seat() {
  if (!builders_) return;
  auto state = builders_->state_.lock();
  --state->busy[{at_, platform_}];
  state.notify();
}

size_t Builders::seats(const std::vector<Platform>& platforms) const {
  size_t all = 0;
  for (const Platform& platform : platforms) all += candidates(platform).size() * jobs_;
  return all;
}

}  // namespace eulerpublisher::build
