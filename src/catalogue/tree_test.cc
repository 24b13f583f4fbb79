#include "catalogue/tree.h"

#include <gtest/gtest.h>

#include "support/file_tree.h"

namespace eulerpublisher::catalogue {
namespace {

TEST(JoinedPath, StaysWithinTheRoot) {
  EXPECT_EQ(joined_path("AI/x", "1.0/Dockerfile"), "AI/x/1.0/Dockerfile");
  EXPECT_EQ(joined_path("AI/x", "/./1.0//Dockerfile"), "AI/x/1.0/Dockerfile");
  EXPECT_EQ(joined_path("AI/x", "../y/Dockerfile"), "AI/y/Dockerfile");
  EXPECT_FALSE(joined_path("AI/x", "../../../etc/passwd").has_value());
  EXPECT_FALSE(joined_path("", "..").has_value());
}

TEST(Tree, LeavesOutWhatIsNoScene) {
  test::TempFolder folder;
  test::write_tree(folder.path(), {{"AI/a", ""},
                                   {"AI/.git/b", ""},
                                   {".git/c", ""},
                                   {"tests/d", ""},
                                   {"config/e", ""},
                                   {"AI/tests/f", ""}});
  auto tree = Tree::read(folder.path());
  ASSERT_TRUE(tree.has_value()) << tree.error().text();
  EXPECT_EQ(tree->files(), (std::vector<std::string>{"AI/a", "AI/tests/f"}));
  EXPECT_EQ(tree->top_folders(), std::vector<std::string>{"AI"});
}

TEST(Tree, TakesNoLinkThatLeadsOut) {
  test::TempFolder folder;
  test::write_tree(folder.path(), {{"root/AI/a", "x"}, {"secret", "x"}});
  std::filesystem::create_symlink("../../secret", folder / "root/AI/out");
  std::filesystem::create_symlink("a", folder / "root/AI/in");
  auto tree = Tree::read(folder / "root");
  ASSERT_TRUE(tree.has_value()) << tree.error().text();
  EXPECT_TRUE(tree->has_file("AI/in"));
  EXPECT_FALSE(tree->has_file("AI/out"));
}

TEST(Tree, KnowsWhatDiffersInCaseAndWhatIsNear) {
  test::TempFolder folder;
  test::write_tree(folder.path(), {{"AI/x/1.0/24.03-LTS/Dockerfile", "x"}});
  auto tree = Tree::read(folder.path());
  ASSERT_TRUE(tree.has_value());
  EXPECT_FALSE(tree->has_file("AI/x/1.0/24.03-lts/Dockerfile"));
  EXPECT_EQ(tree->in_other_case("AI/x/1.0/24.03-lts/Dockerfile"), "AI/x/1.0/24.03-LTS/Dockerfile");
  EXPECT_EQ(tree->nearest_file("AI/x", "AI/x/1.0/24.03-LTS-SP1/Dockerfile"), "AI/x/1.0/24.03-LTS/Dockerfile");
  EXPECT_FALSE(tree->nearest_file("AI/y", "AI/y/1.0/24.03-LTS/Dockerfile").has_value());
}

TEST(Tree, SaysThatAFolderIsNotThere) {
  auto tree = Tree::read("/nowhere/at/all");
  ASSERT_FALSE(tree.has_value());
  EXPECT_EQ(tree.error().kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace eulerpublisher::catalogue
