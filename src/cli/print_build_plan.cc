#include "cli/print_build_plan.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace eulerpublisher::cli {
namespace {

using catalogue::Build;
using catalogue::TagMove;
using State = rollout::TagStatus::State;
using Json = nlohmann::ordered_json;

std::vector<std::string> texts_of(const std::vector<Platform>& platforms) {
  std::vector<std::string> texts;
  for (const Platform& platform : platforms) texts.push_back(platform.text());
  return texts;
}

// The bases of a build by how its Dockerfile names them, each once.
std::vector<std::string> references_of(const Build& build) {
  std::vector<std::string> references;
  for (const catalogue::Base& base : build.bases)
    if (std::ranges::find(references, base.reference) == references.end())
      references.push_back(base.reference);
  return references;
}

// What is known of the bases, by `openeuler/NAME:TAG`.
class KnownBases {
 public:
  explicit KnownBases(const ShownPlan& shown) {
    for (const FoundBase& base : shown.bases)
      found_[fmt::format("{}/{}:{}", shown.catalogue.repositories, base.name, base.tag)] = &base;
    for (const TagMove& move : shown.plan.moves)
      made_[fmt::format("{}/{}:{}", shown.catalogue.repositories, move.name, move.tag.text())] = move.build;
  }

  const FoundBase* found(const std::string& reference) const {
    auto found = found_.find(plain(reference));
    return found == found_.end() ? nullptr : found->second;
  }
  std::optional<size_t> made_by(const std::string& reference) const {
    auto made = made_.find(plain(reference));
    return made == made_.end() ? std::nullopt : std::optional(made->second);
  }

 private:
  // As FROM may be written too: with docker.io in front, without `latest`.
  static std::string plain(std::string reference) {
    for (std::string_view host : {"docker.io/", "index.docker.io/", "registry-1.docker.io/"})
      if (reference.starts_with(host)) reference.erase(0, host.size());
    if (reference.find(':') == reference.npos) reference += ":latest";
    return reference;
  }

  std::map<std::string, const FoundBase*> found_;
  std::map<std::string, size_t> made_;
};

std::string base_line(const std::string& reference, const KnownBases& known, const ShownPlan& shown) {
  if (auto build = known.made_by(reference))
    return fmt::format("    on {}: built here, as {}\n", reference, shown.plan.builds[*build].id);
  const FoundBase* found = known.found(reference);
  if (!found) return fmt::format("    on {}\n", reference);
  if (found->from.empty()) return fmt::format("    on {}: not looked up\n", reference);
  if (found->digest.empty()) return fmt::format("    on {}: {}\n", reference, found->problem);
  return fmt::format("    on {}: {} of {}\n", reference, found->digest, found->from);
}

std::string counted(size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

// How a tag stands in each registry.
std::string standing_lines(const TagMove& move, const ShownPlan& shown) {
  std::string text;
  for (const rollout::TagStatus& one : shown.standing) {
    if (one.name != move.name || one.tag != move.tag || one.state == State::unknown) continue;
    text += fmt::format("        {}: {}{}{}\n", one.destination, name_of(one.state),
                        one.digest ? " " + std::string(one.digest->brief()) : "",
                        one.because.empty() ? "" : " (" + one.because + ")");
  }
  return text;
}

// Of what could not be looked at each reason is said once.
std::string unknown_lines(const ShownPlan& shown) {
  std::map<std::string, size_t> reasons;
  for (const rollout::TagStatus& one : shown.standing)
    if (one.state == State::unknown) ++reasons[fmt::format("{}: {}", one.destination, one.because)];
  std::string text;
  for (const auto& [reason, count] : reasons)
    text += fmt::format("could not look at {} in {}\n", counted(count, "tag"), reason);
  return text;
}

std::set<std::string> to_build(const ShownPlan& shown) {
  std::set<std::string> builds;
  for (const rollout::TagStatus& one : shown.standing)
    if (wants_build(one.state)) builds.insert(one.build);
  return builds;
}

}  // namespace

std::string describe(const ShownPlan& shown) {
  const catalogue::BuildPlan& plan = shown.plan;
  KnownBases known(shown);
  std::string text;
  for (const Build& build : plan.builds) {
    text += fmt::format("{}  {}  {}\n", build.id, list_of(build.platforms), build.file);
    for (const std::string& reference : references_of(build)) text += base_line(reference, known, shown);
    if (build.distroless) text += "    a Distrofile: no engine here builds it\n";
    size_t at = &build - plan.builds.data();
    for (const TagMove& move : plan.moves)
      if (move.build == at)
        text += fmt::format("    tag {}/{}:{}  {}: {}\n", shown.space, move.name, move.tag.text(),
                            list_of(move.platforms), move.because) +
                standing_lines(move, shown);
  }
  for (const auto& [name, because] : plan.latest_stays)
    text += fmt::format("{}/{}: `latest` stays: {}\n", shown.space, name, because);
  for (const auto& [name, because] : shown.left_out)
    text += fmt::format("{} cannot be published: {}\n", name, because);
  size_t platforms = 0;
  for (const Build& build : plan.builds) platforms += build.platforms.size();
  return text + unknown_lines(shown) +
         fmt::format("{} for {}, {}; {} not up to date\n", counted(plan.builds.size(), "build"),
                     counted(platforms, "platform"), counted(plan.moves.size(), "tag"),
                     counted(to_build(shown).size(), "build"));
}

std::string to_json(const ShownPlan& shown) {
  const catalogue::BuildPlan& plan = shown.plan;
  KnownBases known(shown);
  Json json{{"builds", Json::array()},
            {"tags", Json::array()},
            {"latest_stays", Json::object()},
            {"left_out", Json::object()}};
  for (const auto& [name, because] : shown.left_out) json["left_out"][name] = because;
  for (const Build& build : plan.builds) {
    Json one{{"id", build.id},
             {"file", build.file},
             {"distroless", build.distroless},
             {"platforms", texts_of(build.platforms)},
             {"needs", Json::array()},
             {"bases", Json::array()}};
    for (size_t need : build.needs) one["needs"].push_back(plan.builds[need].id);
    for (const std::string& reference : references_of(build)) {
      Json base{{"reference", reference}};
      if (auto made = known.made_by(reference)) base["built_as"] = plan.builds[*made].id;
      if (const FoundBase* found = known.found(reference)) {
        if (!found->from.empty()) base["registry"] = found->from;
        if (!found->digest.empty()) base["digest"] = found->digest;
        if (!found->problem.empty()) base["problem"] = found->problem;
      }
      one["bases"].push_back(std::move(base));
    }
    json["builds"].push_back(std::move(one));
  }
  for (const TagMove& move : plan.moves) {
    Json tag{{"repository", shown.space + "/" + move.name},
             {"tag", move.tag.text()},
             {"build", plan.builds[move.build].id},
             {"platforms", texts_of(move.platforms)},
             {"because", move.because},
             {"registries", Json::array()}};
    for (const rollout::TagStatus& one : shown.standing)
      if (one.name == move.name && one.tag == move.tag)
        tag["registries"].push_back({{"registry", one.destination},
                                     {"state", name_of(one.state)},
                                     {"because", one.because},
                                     {"digest", one.digest ? Json(one.digest->text()) : Json(nullptr)}});
    json["tags"].push_back(std::move(tag));
  }
  json["rebuild"] = to_build(shown);
  for (const auto& [name, because] : plan.latest_stays) json["latest_stays"][name] = because;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eulerpublisher::cli
