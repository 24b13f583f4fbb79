#include "inspect/root_view.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

using Type = TarEntry::Type;

FileFact fact(Type type, const std::string& name, const std::string& link = "") {
  FileFact fact;
  fact.name = name;
  fact.type = type;
  fact.link = link;
  return fact;
}

std::shared_ptr<const LayerReport> layer(std::vector<FileFact> files, std::vector<std::string> removed = {},
                                         std::vector<std::string> hidden = {}) {
  auto report = std::make_shared<LayerReport>();
  report->files = std::move(files);
  report->removed = std::move(removed);
  report->hidden = std::move(hidden);
  return report;
}

TEST(RootView, FollowsLinksWithinTheRoot) {
  RootView root;
  root.add(layer({fact(Type::symbolic_link, "bin", "usr/bin"),
                  fact(Type::symbolic_link, "usr/bin/sh", "/bin/bash"), fact(Type::file, "usr/bin/bash"),
                  fact(Type::symbolic_link, "etc/os-release", "../../../usr/lib/os-release"),
                  fact(Type::symbolic_link, "a", "b"), fact(Type::symbolic_link, "b", "a")}));
  EXPECT_EQ(root.resolve("bin/sh"), "usr/bin/bash");
  EXPECT_EQ(root.resolve("etc/os-release"), "usr/lib/os-release");
  EXPECT_FALSE(root.resolve("a/x"));
  ASSERT_NE(root.find("bin/sh"), nullptr);
  EXPECT_EQ(root.find("bin/sh")->name, "usr/bin/bash");
}

TEST(RootView, RespectsWhiteoutsOfUpperLayers) {
  RootView root;
  root.add(layer({fact(Type::file, "etc/a"), fact(Type::file, "etc/b"), fact(Type::file, "etcetera"),
                  fact(Type::file, "usr/x")}));
  root.add(layer({fact(Type::file, "etc/c")}, {"usr"}, {"etc"}));
  EXPECT_EQ(root.at("etc/a"), nullptr);
  EXPECT_EQ(root.at("usr/x"), nullptr);
  EXPECT_NE(root.at("etc/c"), nullptr);
  EXPECT_NE(root.at("etcetera"), nullptr);
  root.add(layer({fact(Type::symbolic_link, "etc", "usr/etc")}));
  EXPECT_EQ(root.at("etc/c"), nullptr);
}

TEST(RootView, SeesWhatAHardLinkIs) {
  FileFact shell = fact(Type::file, "bin/bash");
  shell.mode = 04755;
  shell.machine = 62;
  RootView root;
  root.add(layer({shell, fact(Type::hard_link, "bin/sh", "./bin/bash"), fact(Type::hard_link, "x", "gone")}));
  ASSERT_NE(root.at("bin/sh"), nullptr);
  EXPECT_EQ(root.at("bin/sh")->name, "bin/sh");
  EXPECT_EQ(root.at("bin/sh")->mode, 04755u);
  EXPECT_EQ(root.at("bin/sh")->machine, 62);
  EXPECT_EQ(root.at("x")->type, Type::hard_link);
}

TEST(RootView, ACopySeesItAllWhenTheFirstIsGone) {
  auto first = std::make_unique<RootView>();
  first->add(layer({fact(Type::file, "bin/a-shell-with-a-long-name"),
                    fact(Type::hard_link, "bin/another-name-of-that-shell", "bin/a-shell-with-a-long-name")}));
  RootView copy = *first;
  first.reset();
  for (auto& [name, file] : copy.files()) {
    EXPECT_EQ(name, file->name);
    EXPECT_EQ(file->type, Type::file);
  }
  EXPECT_EQ(copy.files().size(), 2u);
}

}  // namespace
}  // namespace eulerpublisher
