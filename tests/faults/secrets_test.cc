// No secret leaves the program's memory but for whom it is meant: every command with marked secrets, when all
// is well and on each way to fail, and then a search of outputs, journal, store and process list for the
// marks.

#include <signal.h>
#include <sys/wait.h>

#include <cstring>
#include <map>
#include <thread>

#include "faults/real_publish.h"
#include "http/base64.h"
#include "support/file_tree.h"
#include "support/token_server.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;
using http::to_base64;
using testing::IsEmpty;

const std::string user = "publisher", password = "mark-5eCr3t-mark";

// All the shapes in which the secret could show itself.
std::vector<std::string> marks() {
  return {password, to_base64(password), to_base64(user + ":" + password), to_base64(password).substr(0, 16),
          to_base64(user + ":" + password).substr(4)};
}

std::vector<std::string> marks_in(const std::string& text, const std::string& where) {
  std::vector<std::string> found;
  for (const std::string& mark : marks())
    if (text.find(mark) != text.npos) found.push_back(mark + " in " + where);
  return found;
}

std::vector<std::string> marks_in_folder(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code absent;
  for (const auto& entry : fs::recursive_directory_iterator(folder, absent)) {
    if (!entry.is_regular_file()) continue;
    auto here = marks_in(entry.path().string() + read_text(entry.path()), entry.path().string());
    found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

// A registry in this process that asks for a password, and then refuses it while repeating it.
class EchoingRegistry {
 public:
  explicit EchoingRegistry(int status)
      : server_([status](ServerRequest& request) { return answer(request, status); }) {}
  std::string host() const { return server_.host(); }

 private:
  static ServerAnswer answer(ServerRequest& request, int status) {
    std::string shown = request.headers.get("Authorization").value_or("");
    request.read_body();
    if (shown.empty())
      return {401, {{"WWW-Authenticate", "Basic realm=\"echo\""}}, R"({"errors":[{"code":"UNAUTHORIZED"}]})"};
    std::string complaint = fmt::format("not for {} ({} with {})", shown, user, password);
    // Where the answer's body is of no use, it plays along.
    if (request.method == "HEAD") return {404};
    return {status,
            {{"Content-Type", "application/json"}, {"Warning", "299 - \"" + shown + "\""}},
            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + complaint + "\"}]}"};
  }
  HttpServer server_;
};

class Secrets : public RealPublish {
 protected:
  // The same login by another way each: variables, an auth file, a file of registries, standard input.
  enum class Way { variables, auth_file, registries_file, standard_input };
  static constexpr Way ways[] = {Way::variables, Way::auth_file, Way::registries_file, Way::standard_input};

  Ran run_with(Way way, std::vector<std::string> words, const std::string& host,
               const std::string& secret = password) {
    Environment env;
    std::string input;
    fs::remove(machine / "home/auth.json");
    switch (way) {
      case Way::variables:
        env = {{"LOGIN_USERNAME", user}, {"LOGIN_PASSWORD", secret}};
        break;
      case Way::auth_file:
        write_text(machine / "home/auth.json", fmt::format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", host,
                                                           to_base64(user + ":" + secret)));
        break;
      case Way::registries_file:
        write_text(machine / "registries.yml", fmt::format("\"{}\": [ITS_USER, ITS_PASSWORD]\n", host));
        env = {{"ITS_USER", user}, {"ITS_PASSWORD", secret}};
        words.insert(words.end(), {"-m", (machine / "registries.yml").string()});
        break;
      case Way::standard_input:
        env = {{"LOGIN_USERNAME", user}};
        input = secret + "\n";
        words.push_back("--password-stdin");
        break;
    }
    ++runs_;
    return machine.run(words, env, input);
  }

  // Nowhere in what a run left behind.
  void expect_no_marks(const Ran& ran, const std::string& doing) {
    SCOPED_TRACE(doing);
    EXPECT_THAT(marks_in(ran.out, "standard output"), IsEmpty());
    EXPECT_THAT(marks_in(ran.err, "standard error"), IsEmpty()) << ran.err;
    EXPECT_THAT(marks_in_folder(machine.state()), IsEmpty());
    EXPECT_THAT(marks_in_folder(machine.store()), IsEmpty());
  }

  // Everything that goes to a registry, one after the other, by each way to log in.
  void try_all_commands(const std::string& host, bool ends_well, const std::vector<std::string>& more = {}) {
    for (Way way : ways)
      for (const std::string command : {"plan", "publish", "push", "check"}) {
        std::vector<std::string> all = words(command, host, {"--verbose", "--json", "--retries", "0"});
        if (command == "check") std::erase(all, "--verbose");
        if (command != "check") all.insert(all.end(), more.begin(), more.end());
        Ran ran = run_with(way, all, host);
        EXPECT_NE(ran.status, 2) << told(ran);
        if (ends_well) {
          EXPECT_EQ(ran.status, 0) << command << told(ran);
        }
        expect_no_marks(ran, fmt::format("{} by way {}", command, static_cast<int>(way)));
      }
    Ran ran =
        run_with(Way::variables, {"container", "status", "--verbose", "--retries", "0", "-g", host}, host);
    expect_no_marks(ran, "status");
    std::printf("SECRETS searched after %zu runs\n", runs_);
  }

  Machine machine;
  size_t runs_ = 0;
};

TEST_F(Secrets, StayWhereTheyAreWhenAllIsWell) {
  auto& server = start_registry({.basic = {{user, password}}});
  Ran prepared = run_with(Way::variables, words("prepare", "", {"--verbose"}), server.address());
  ASSERT_TRUE(prepared.ok()) << told(prepared);
  expect_no_marks(prepared, "prepare");
  ASSERT_TRUE(run_with(Way::variables, publish(older(), "openeuler/openeuler"), server.address()).ok());
  try_all_commands(server.address(), true);
  Ran history = run_with(Way::variables, {"container", "history", "--json"}, server.address());
  expect_no_marks(history, "history");
}

TEST_F(Secrets, StayWhereTheyAreWhenARollbackLooksAtThem) {
  auto& server = start_registry({.basic = {{user, password}}});
  ASSERT_TRUE(run_with(Way::variables, publish(older(), "openeuler/openeuler"), server.address()).ok());
  Ran newest =
      run_with(Way::variables, publish(newer(), "openeuler/openeuler", {"--json"}), server.address());
  ASSERT_TRUE(newest.ok()) << told(newest);
  size_t at = newest.out.find("\"receipt\":");
  ASSERT_NE(at, std::string::npos) << newest.out;
  at = newest.out.find('"', at + 10) + 1;
  std::string receipt = newest.out.substr(at, newest.out.find('"', at) - at);
  for (const std::string& secret : {password + "-wrong", password}) {
    Ran back =
        run_with(Way::variables, {"container", "rollback", receipt, "--verbose"}, server.address(), secret);
    EXPECT_EQ(back.ok(), secret == password) << told(back);
    expect_no_marks(back, "rollback");
  }
}

TEST_F(Secrets, StayWhereTheyAreWhenThePasswordIsWrong) {
  auto& server = start_registry({.basic = {{user, "another"}}});
  try_all_commands(server.address(), false);
}

TEST_F(Secrets, StayWhereTheyAreWhenARegistryRefusesAndRepeatsThem) {
  for (int status : {403, 401, 400}) {
    EchoingRegistry registry(status);
    try_all_commands(registry.host(), false);
    Ran ran =
        run_with(Way::variables, words("publish", registry.host(), {"--retries", "0"}), registry.host());
    if (status == 403) {
      EXPECT_THAT(ran.err, testing::HasSubstr("***")) << "the complaint is shown, without its secrets";
    }
  }
}

TEST_F(Secrets, StayWhereTheyAreWhenATokenServerRepeatsThem) {
  for (const std::string& complaint :
       {std::string("bad login: {}"), "wrong password " + password + " for " + user}) {
    auto tokens = TokenServer::start({.password = "another", .complaint = complaint});
    if (!tokens) GTEST_SKIP() << "SKIPPED: " << tokens.error().text();
    auto& server = start_registry({.more_yaml = (*tokens)->auth_yaml()});
    try_all_commands(server.address(), false);
    EXPECT_GT((*tokens)->refused(), 0u);
  }
}

TEST_F(Secrets, StayWhereTheyAreWhenTlsFails) {
  HttpServer no_tls([](ServerRequest&) { return ServerAnswer{}; });
  try_all_commands(fmt::format("registry.localhost:{}", no_tls.port()), false);
}

// What a person types for each command there is, so that it comes as far as it can.
std::map<std::string, std::vector<std::string>> every_command(const std::string& host, const fs::path& folder,
                                                              const fs::path& source) {
  std::string images = (folder / "images").string();
  std::vector<std::string> meta{"--meta", images, "-g", host, "--retries", "0"};
  auto with_meta = [&](std::vector<std::string> words) {
    words.insert(words.end(), meta.begin(), meta.end());
    return words;
  };
  std::vector<std::string> release{"-v", sp1, "--source", source.string(), "-g", host, "--retries", "0"};
  auto of_release = [&](std::vector<std::string> words) {
    words.insert(words.end(), release.begin(), release.end());
    return words;
  };
  std::string image = images + "/DB/redis";
  return {
      {"completion", {"completion", "bash"}},
      {"man", {"man", "container", "publish"}},
      {"store-prune", {"store", "prune", "--keep", "1GiB"}},
      {"container-prepare", {"container", "prepare", "-v", sp1, "--source", source.string()}},
      {"container-plan", of_release({"container", "plan"})},
      {"container-publish", of_release({"container", "publish"})},
      {"container-push", {"container", "push", "-v", sp1, "-g", host, "--retries", "0"}},
      {"container-check", {"container", "check", "-t", "24.03-lts-sp1", "-g", host, "--retries", "0"}},
      {"container-status", {"container", "status", "-g", host, "--retries", "0"}},
      {"container-tags", {"container", "tags", "-v", sp1}},
      {"container-history", {"container", "history", "--json"}},
      {"container-rollback", {"container", "rollback", "newest"}},
      {"container-sync",
       {"container", "sync", "--once", "--versions", sp1, "--source", source.string(), "-g", host,
        "--retries", "0"}},
      {"container-lint", {"container", "lint", images}},
      {"container-build", with_meta({"container", "build", "--job", "redis_7.0-oe2403lts_amd64"})},
      {"container-assemble", with_meta({"container", "assemble", (folder / "results").string()})},
      {"container-readme-push", {"container", "readme", "push", "-g", host, image}},
      {"container-readme-table", {"container", "readme", "table", image}},
      {"publish of applications", with_meta({"container", "publish"})},
      {"plan of applications", with_meta({"container", "plan"})},
      {"status of applications", with_meta({"container", "status"})},
  };
}

// A command that comes later and is not in the list above makes this fail.
TEST_F(Secrets, StayWhereTheyAreInEveryCommandThereIs) {
  write_tree(machine / "images",
             {{"DB/image-list.yml", "images:\n  redis: redis\n"},
              {"DB/redis/meta.yml", "7.0-oe2403lts: 7.0/24.03-lts/Dockerfile\n"},
              {"DB/redis/README.md", "# redis\n"},
              {"DB/redis/7.0/24.03-lts/Dockerfile", "FROM openeuler/openeuler:24.03-lts\n"}});
  fs::create_directories(machine / "results");
  auto& server = start_registry({.basic = {{user, password}}});
  auto all = every_command(server.address(), machine.folder(), newer());
  ASSERT_TRUE(machine.run({"man", "--all", (machine / "pages").string()}).ok());
  size_t commands = 0;
  for (const auto& page : fs::directory_iterator(machine / "pages")) {
    std::string name = page.path().stem().string();
    bool has_commands_below = name == "eulerpublisher" || name == "eulerpublisher-container" ||
                              name == "eulerpublisher-container-readme" || name == "eulerpublisher-store";
    if (has_commands_below) continue;
    ++commands;
    EXPECT_TRUE(all.contains(name.substr(strlen("eulerpublisher-")))) << name << " is tried by nobody";
  }
  EXPECT_EQ(commands, all.size() - 3);
  for (const std::string& secret : {password + "-wrong", password})
    for (const auto& [name, words] : all) {
      Ran ran = run_with(Way::variables, words, server.address(), secret);
      EXPECT_NE(ran.status, 2) << name << told(ran);
      EXPECT_LT(ran.status, 128) << name << told(ran);
      expect_no_marks(ran, name);
    }
}

// While it waits for a server that says nothing: what others may see of the process, and what a crash leaves.
TEST_F(Secrets, ArePartOfNoProcessListAndNoCore) {
  HttpServer silent([](ServerRequest&) { return ServerAnswer{}; });
  silent.add_fault({.times = 100, .late = std::chrono::seconds(60)});
  Command command = machine.command(words("publish", silent.host()),
                                    {{"LOGIN_USERNAME", user}, {"LOGIN_PASSWORD", password}});
  std::string line;
  for (const std::string& word : command.argv) line += " '" + word + "'";
  command.argv = {"bash", "-c", "ulimit -c unlimited; exec" + line};
  Process process = Process::start(command).value();
  for (int waited = 0; waited < 1000 && silent.seen().empty(); ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_FALSE(silent.seen().empty()) << read_text(machine.log());
  fs::path proc = "/proc/" + std::to_string(process.pid());
  EXPECT_THAT(marks_in(read_text(proc / "cmdline"), "cmdline"), IsEmpty());
  std::string limits = read_text(proc / "limits");
  size_t at = limits.find("Max core file size");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(limits.substr(at, limits.find('\n', at) - at).find("unlimited"), std::string::npos) << limits;
  process.signal(SIGABRT);
  EXPECT_EQ(process.wait(), 128 + SIGABRT);
  EXPECT_THAT(marks_in_folder(machine.state()), IsEmpty());
  for (const auto& entry : fs::directory_iterator(machine.folder()))
    EXPECT_FALSE(entry.path().filename().string().starts_with("core")) << entry.path();
}

// What is kept from other processes of the same person must not be kept from the store's own files.
TEST_F(Secrets, AreKeptToOurselvesByAnOrdinaryUserToo) {
  if (geteuid() != 0 || !have_program("setpriv"))
    GTEST_SKIP() << "SKIPPED: only root can become somebody else";
  fs::path place = folder() / "nobody";
  fs::create_directories(place);
  fs::permissions(folder().path(), fs::perms(0755));
  fs::permissions(place, fs::perms(0777));
  Command command = machine.command({"container", "prepare", "-v", sp1, "--source", newer().string()},
                                    {{"HOME", place.string()},
                                     {"XDG_CACHE_HOME", (place / "cache").string()},
                                     {"XDG_STATE_HOME", (place / "state").string()},
                                     {"XDG_RUNTIME_DIR", std::nullopt},
                                     {"XDG_CONFIG_HOME", std::nullopt},
                                     {"DOCKER_CONFIG", std::nullopt},
                                     {"REGISTRY_AUTH_FILE", std::nullopt}});
  command.folder = place;
  command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  Ran ran = test::run(command);
  EXPECT_TRUE(ran.ok()) << told(ran);
  EXPECT_TRUE(fs::exists(place / "cache/eulerpublisher/index.json"));
}

}  // namespace
}  // namespace eulerpublisher::test
