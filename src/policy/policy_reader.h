#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "policy/yaml.h"

namespace eulerpublisher {

// Turns a policy file into a Policy; docs/policy.md describes the format.  Each section of the file is one
// member function and one line of the table `sections` in policy_reader.cc.  Used once.
class PolicyReader {
 public:
  explicit PolicyReader(const YamlDocument& document) : document_(document), policy_(Policy::built_in()) {}

  Result<Policy> read();

 private:
  struct Section;
  static const std::vector<Section>& sections();

  Done read_sections();
  Done read_tags_yaml();

  Done repository(const YamlNode& node);
  Done registries(const YamlNode& node);
  Done registry_profiles(const YamlNode& node);
  Done builders(const YamlNode& node);
  Done build(const YamlNode& node);
  Done images(const YamlNode& node);
  Done descriptions(const YamlNode& node);
  Done checks(const YamlNode& node);
  Done sync(const YamlNode& node);
  Done sources(const YamlNode& node);
  Done architectures(const YamlNode& node);
  Done changes(const YamlNode& node);
  Done compression(const YamlNode& node);
  Done versions(const YamlNode& node);
  Done tags(const YamlNode& node);

  Done one_version(const Version& version, const YamlNode& node);
  // Gives a version a special tag, if the rules allow it.
  Done give(const Version& version, const YamlNode& tag);
  // Rules that can be looked at only when all of the file has been read.
  Done look_at_all_tags();
  void put_tags_in_order();

  Result<Version> version_from(const YamlNode& node);
  Result<std::vector<YamlNode>> list_from(const YamlNode& node, std::string_view what);
  Result<std::vector<std::string>> sources_from(const YamlNode& node);
  Result<Policy::Architectures> architectures_from(const YamlNode& node,
                                                   const Policy::Architectures& general);
  Result<std::vector<Platform>> platforms_from(const YamlNode& node);

  // Whom a special tag was given to, and where in the file.
  struct Given {
    Version version;
    YamlNode at;
  };

  const YamlDocument& document_;
  Policy policy_;
  bool has_versions_ = false;  // those of the file have taken the place of the built-in ones
  std::map<Tag, Given> given_;
};

}  // namespace eulerpublisher
