#include "faults/sync_world.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "release/journal.h"

namespace eulerpublisher::test {

void SyncWorld::SetUp() {
  for (const char* program : {"nginx", "docker-registry"})
    if (!have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
  Done served = site.serve();
  ASSERT_TRUE(served.has_value()) << served.error().text();
  for (int i = 0; i < 2; ++i) registries.push_back(RegistryServer::start().value());
  write_text(machine / "policy.yaml",
             "versions: [22.03-LTS, 24.03-LTS, 24.03-LTS-SP1]\narchitectures: [amd64, arm64]\n"
             "sync: {first-wait: 300ms, longest-wait: 1s, tries: 1000}\n");
}

void SyncWorld::release(const std::string& version, int number) {
  // Days from the first of January 2025 on, one after the other.
  std::chrono::sys_days day = std::chrono::year(2025) / 1 / 1;
  std::string date = rfc3339(day + std::chrono::days(number)).substr(0, 10);
  std::string index = "docker_img/update/" + date;
  site.put_both(version, index, date + "T08:00:00Z");
  site.point_current_at(date, version);
  newest[version] = index;
}

std::vector<std::string> SyncWorld::words(const std::vector<std::string>& more) const {
  std::vector<std::string> words{
      "container",  "sync", "--source",  site.url(), "--policy",  (machine / "policy.yaml").string(),
      "--progress", "none", "--retries", "1",        "--timeout", "20"};
  for (const auto& registry : registries) words.insert(words.end(), {"-g", registry->address()});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Process SyncWorld::start(const std::string& every, const std::vector<std::string>& more) {
  auto all = words(more);
  all.insert(all.end(), {"--every", every});
  return Process::start(machine.command(all)).value();
}

Ran SyncWorld::once(const std::vector<std::string>& more) const { return machine.run(words(more)); }

std::vector<std::string> SyncWorld::differences() const {
  std::vector<std::string> all;
  for (const auto& registry : registries) {
    BlobReader read = storage_reader(*registry);
    for (const auto& [version, index] : newest) {
      std::string tag = Version::parse(version)->tag().text();
      std::string where = tag + " at " + registry->address() + ": ";
      auto named = tagged_in(*registry, tag);
      auto bytes = named ? read(*named) : std::nullopt;
      auto json = nlohmann::json::parse(bytes.value_or(""), nullptr, false);
      if (!json.is_object()) {
        all.push_back(where + "absent");
        continue;
      }
      for (const char* architecture : {"amd64", "arm64"}) {
        std::string sum = read_text(site.archive(architecture, version, index).string() + ".sha256sum");
        std::string key = std::string("org.openeuler.archive.sha256.") + architecture;
        if (json["annotations"].value(key, "") != sum.substr(0, 64))
          all.push_back(where + "not the newest " + architecture);
      }
      for (const std::string& rule : broken_rules(*named, read)) all.push_back(where + rule);
    }
  }
  if (size_t open = unfinished(); open > 0) all.push_back(fmt::format("{} releases without their end", open));
  return all;
}

size_t SyncWorld::unfinished() const {
  auto journal = Journal::open(machine.state(), system_clock());
  if (!journal) return 1;
  auto open = (*journal)->unfinished();
  return open ? open->size() : 1;
}

std::vector<std::string> SyncWorld::half_visible() const {
  std::vector<std::string> all;
  for (const auto& registry : registries) {
    BlobReader read = storage_reader(*registry);
    for (const std::string& tag : tags_in(*registry)) {
      std::vector<std::string> wrong;
      // A registry may still be at work on the last request of a service that is no more.
      comes(
          [&] {
            auto named = tagged_in(*registry, tag);
            wrong = named ? broken_rules(*named, read) : std::vector<std::string>{"it names nothing"};
            return wrong.empty();
          },
          std::chrono::seconds(2));
      for (const std::string& rule : wrong) all.push_back(tag + ": " + rule);
    }
  }
  return all;
}

bool SyncWorld::comes(const std::function<bool()>& about, std::chrono::seconds patience) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!about()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

std::vector<std::string> SyncWorld::differences_at_last() const {
  std::vector<std::string> last;
  comes([&] {
    last = differences();
    return last.empty();
  });
  return last;
}

}  // namespace eulerpublisher::test
