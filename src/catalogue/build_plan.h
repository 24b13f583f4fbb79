#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalogue/build_graph.h"
#include "catalogue/catalogue.h"
#include "catalogue/latest.h"
#include "policy/policy.h"

namespace eulerpublisher::catalogue {

// One Dockerfile, built once for each of its platforms and published under all tags that name it.
struct Build {
  std::string id;       // stable, fit for the names of jobs: kserve-agent_0.15.2-oe2403lts
  std::string file;     // below the root
  std::string context;  // below the root
  bool distroless = false;
  std::vector<EntryId> entries;     // its tags, in the catalogue's order; at least one
  std::vector<Platform> platforms;  // those of all its entries together
  std::vector<Base> bases;          // for all platforms
  std::vector<size_t> needs;        // builds of this plan whose images it is built on; each stands before it
};

// One tag of one repository, and the build that it will name.
struct TagMove {
  std::string name;  // of the image: the repository is openeuler/NAME
  Tag tag;
  size_t build;
  std::vector<Platform> platforms;  // that the tag's index has
  std::string because;
};

// What is built, in which order, and which tags move: pure, printable.
struct BuildPlan {
  std::vector<Build> builds;             // bases before what is built on them
  std::vector<TagMove> moves;            // own tags in the order of the builds, then every `latest`
  std::map<std::string, Latest> latest;  // by name, for all images that have a build here
  // By name: why `latest` stays where it is.
  std::map<std::string, std::string> latest_stays;
};

// Plans the entries chosen; those that cannot be published are left out (lint says why).  `invalid` when some
// build on each other in a circle.
Result<BuildPlan> make_build_plan(const Catalogue& catalogue, const std::set<EntryId>& chosen,
                                  const Policy& policy);

}  // namespace eulerpublisher::catalogue
