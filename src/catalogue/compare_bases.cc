#include <algorithm>
#include <set>

#include "catalogue/comparing.h"
#include "catalogue/path_parts.h"
#include "policy/tag_parts.h"

namespace eulerpublisher::catalogue {
namespace {

// What is known of an image of ours that something is built on.
struct Known {
  std::vector<Platform> platforms;   // empty: unknown
  std::optional<Version> openeuler;  // that it is for
};

class BaseRules {
 public:
  BaseRules(const Catalogue& catalogue, const Policy& policy, Findings& findings)
      : catalogue_(catalogue), policy_(policy), findings_(findings) {
    for (const Finding& finding : catalogue.findings)
      if (finding.code == Code::listed_without_folder)
        absent_.insert(finding.about.begin(), finding.about.end());
    for (const Image& image : catalogue.images) names_.insert(image.name);
  }

  void look() {
    for (const auto& [file, ids] : entries_by_file(catalogue_)) look_at(file, ids);
    for (const std::vector<EntryId>& circle : BuildGraph(catalogue_, policy_).circles()) report(circle);
  }

 private:
  void look_at(const std::string& file, const std::vector<EntryId>& ids) {
    auto dockerfile = catalogue_.dockerfiles.find(file);
    if (dockerfile == catalogue_.dockerfiles.end()) return;
    about_ = names_of(catalogue_, ids);
    std::set<Platform> platforms;
    for (EntryId id : ids)
      platforms.insert(catalogue_.entry(id).platforms.begin(), catalogue_.entry(id).platforms.end());
    auto path = path_parts(catalogue_.image(ids.front()).folder, file);
    std::map<std::string, std::vector<Base>> by_reference;
    for (const Platform& platform : platforms)
      for (Base& base : dockerfile->second.bases(platform))
        if (base.resolved) by_reference[base.reference].push_back(std::move(base));
    for (const auto& [reference, bases] : by_reference)
      if (auto own = own_base(catalogue_, policy_, reference))
        look_at(file, *own, bases, path ? path->openeuler : std::nullopt);
  }

  void look_at(const std::string& file, const OwnBase& own, const std::vector<Base>& bases,
               const std::optional<Version>& in_folder) {
    Place place{file, bases.front().line, 1};
    if (absent_.contains(own.name))
      return say(Code::built_on_absent_folder, place,
                 fmt::format("it builds on {}, whose folder does not exist", for_message(own.name)),
                 "give that image its folder, or build on another");
    auto known = find(own);
    if (!known) return unknown(place, own);
    for (const Base& base : bases) lacks_architecture(place, own, *known, base);
    bool starts = std::ranges::any_of(bases, [](const Base& base) { return base.is_start; });
    if (starts && in_folder && known->openeuler && *known->openeuler != *in_folder)
      say(Code::base_of_other_version, place,
          fmt::format("it builds on {}:{}, which is openEuler {}, and its folder is for {}", own.name,
                      own.tag, known->openeuler->text(), in_folder->text()),
          {});
  }

  std::optional<Known> find(const OwnBase& own) const {
    if (own.entry) {
      const Entry& entry = catalogue_.entry(*own.entry);
      auto path = path_parts(catalogue_.image(*own.entry).folder, entry.file);
      auto in_folder = path ? path->openeuler : std::nullopt;
      auto in_tag = split_tag(entry.tag, in_folder).openeuler;
      auto release = release_of(own);
      return Known{entry.platforms, in_tag ? in_tag : release ? release->openeuler : in_folder};
    }
    return release_of(own);
  }

  // The base images themselves are published by version; their tags are the policy's.
  std::optional<Known> release_of(const OwnBase& own) const {
    if (catalogue_.repositories + "/" + own.name != policy_.repository()) return std::nullopt;
    auto tag = Tag::parse(own.tag);
    if (!tag) return std::nullopt;
    std::optional<Version> version = policy_.version_of(*tag);
    if (!version)
      if (auto parsed = Version::parse(own.tag)) version = *parsed;
    if (!version) return std::nullopt;
    Known known{{}, version};
    if (!policy_.knows(*version)) return known;
    known.platforms = policy_.required_platforms(*version);
    std::ranges::copy(policy_.optional_platforms(*version), std::back_inserter(known.platforms));
    return known;
  }

  void unknown(const Place& place, const OwnBase& own) {
    bool alone = catalogue_.images.size() == 1 && catalogue_.images.front().scene.empty();
    if (alone) return;  // the catalogue it belongs to is not at hand
    std::string text = names_.contains(own.name)
                           ? fmt::format("it builds on {}:{}, and meta.yml of {} has no such tag", own.name,
                                         for_message(own.tag), own.name)
                           : fmt::format("it builds on {}:{}, and the catalogue has no such image",
                                         for_message(own.name), for_message(own.tag));
    say(Code::unknown_base, place, std::move(text), "it is looked for in the registry when it is built");
  }

  void lacks_architecture(const Place& place, const OwnBase& own, const Known& known, const Base& base) {
    bool there = known.platforms.empty() || std::ranges::any_of(known.platforms, [&](const Platform& one) {
                   return same_machine(one, base.platform);
                 });
    if (there) return;
    say(Code::base_lacks_architecture, place,
        fmt::format("it is built for {}, and {}:{} is not", base.platform.architecture, own.name, own.tag),
        fmt::format("give the tag `arch: {}`, or the base this architecture",
                    known.platforms.front().machine()));
  }

  void report(const std::vector<EntryId>& circle) {
    std::vector<std::string> names = names_of(catalogue_, circle);
    about_ = names;
    names.push_back(names.front());
    say(Code::cycle, catalogue_.entry(circle.front()).place,
        fmt::format("these build on each other in a circle: {}", fmt::join(names, " -> ")),
        "let one of them build on another base");
  }

  void say(Code code, Place place, std::string text, std::string hint) {
    findings_.push_back({code, std::move(place), std::move(text), std::move(hint), about_});
  }

  const Catalogue& catalogue_;
  const Policy& policy_;
  Findings& findings_;
  std::set<std::string> absent_, names_;
  std::vector<std::string> about_;  // whatever is being looked at
};

}  // namespace

void compare_bases(const Catalogue& catalogue, const Policy& policy, Findings& findings) {
  BaseRules(catalogue, policy, findings).look();
}

}  // namespace eulerpublisher::catalogue
