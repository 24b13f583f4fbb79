#include "support/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file_handle.h"
#include "process/run.h"

namespace eulerpublisher::test {
namespace {

using Json = nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds patience(60);  // for an answer, on a machine that is busy

std::filesystem::path chromium() {
  for (const char* name : {"chromium", "chromium-browser"})
    if (auto file = process::find_program(name); !file.empty()) return file;
  return {};
}

std::string printed(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// What an event complains about, if it does.
std::optional<std::string> complaint_in(const Json& event) {
  const std::string& method = event.at("method");
  const Json& params = event.at("params");
  if (method == "Runtime.exceptionThrown") {
    const Json& details = params.at("exceptionDetails");
    std::string text = details.value("text", "");
    if (details.contains("exception")) text += " " + details["exception"].value("description", "");
    return text;
  }
  if (method == "Log.entryAdded") return params.at("entry").value("text", "");
  if (method == "Runtime.consoleAPICalled" && params.at("type") == "error") return printed(params.at("args"));
  return std::nullopt;
}

std::string decode_base64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (char letter : text) {
    static constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t value = letters.find(letter);
    if (value == letters.npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return bytes;
}

}  // namespace

// The browser's process and the two pipes it is steered through: documents of JSON, each ended by a zero.
class Browser::Pipe {
 public:
  Pipe(pid_t pid, FileHandle to, FileHandle from) : pid_(pid), to_(std::move(to)), from_(std::move(from)) {}
  ~Pipe() {
    to_ = FileHandle();  // it ends when nobody steers it any more
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  // The result of a command.  `session` is the page it is for; empty: the browser.
  Result<Json> ask(const std::string& method, Json params = Json::object()) {
    int id = ++asked_;
    Json command{{"id", id}, {"method", method}, {"params", std::move(params)}};
    if (!session.empty()) command["sessionId"] = session;
    std::string line = printed(command) + '\0';
    for (size_t sent = 0; sent < line.size();) {
      ssize_t count = write(to_.get(), line.data() + sent, line.size() - sent);
      if (count < 0) return system_error(errno, "speaking to chromium");
      sent += static_cast<size_t>(count);
    }
    while (true) {
      Json answer = TRY(next());
      if (answer.value("id", 0) != id) {
        note(answer);
      } else if (answer.contains("error")) {
        return invalid("chromium refuses {}: {}", method, printed(answer["error"]));
      } else {
        return std::move(answer["result"]);
      }
    }
  }

  Done wait_for(const std::string& method) {
    while (true) {
      Json event = TRY(next());
      note(event);
      if (event.value("method", "") == method) return {};
    }
  }

  std::string session;
  std::vector<std::string> complaints;

 private:
  void note(const Json& event) {
    if (!event.contains("method")) return;
    if (auto complaint = complaint_in(event)) complaints.push_back(*complaint);
  }

  Result<Json> next() {
    auto end = Steady::now() + patience;
    while (true) {
      if (size_t zero = heard_.find('\0'); zero != heard_.npos) {
        Json document = Json::parse(heard_.substr(0, zero), nullptr, false);
        heard_.erase(0, zero + 1);
        if (!document.is_object()) return corrupt("chromium says something that is no JSON");
        return document;
      }
      auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
      pollfd look{from_.get(), POLLIN, 0};
      if (left <= 0 || poll(&look, 1, static_cast<int>(left)) == 0)
        return unavailable("chromium does not answer");
      std::array<char, 1 << 16> room;
      ssize_t count = read(from_.get(), room.data(), room.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return unavailable("chromium has ended");
      heard_.append(room.data(), static_cast<size_t>(count));
    }
  }

  pid_t pid_;
  FileHandle to_, from_;
  std::string heard_;
  int asked_ = 0;
};

Browser::Browser(std::unique_ptr<TempFolder> profile, std::unique_ptr<Pipe> pipe)
    : profile_(std::move(profile)), pipe_(std::move(pipe)) {}
Browser::~Browser() = default;

bool Browser::is_here() { return !chromium().empty(); }

Result<std::unique_ptr<Browser>> Browser::start() {
  auto profile = std::make_unique<TempFolder>("ep-browser");
  int down[2], up[2];
  if (pipe2(down, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
  FileHandle its_in(down[0]), to(down[1]);
  if (pipe2(up, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
  FileHandle from(up[0]), its_out(up[1]);
  FileHandle nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  // It listens on 3 and answers on 4.
  std::vector<std::string> argv{"sh", "-c", "exec 3<&0 4>&1 </dev/null >/dev/null; exec \"$@\"", "sh",
                                chromium().string()};
  for (const char* flag :
       {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-zygote",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-default-apps", "--disable-dev-shm-usage", "--disable-extensions", "--mute-audio",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"})
    argv.push_back(flag);
  argv.push_back("--user-data-dir=" + profile->path().string());
  pid_t pid = TRY(process::launch({.argv = argv, .env = {{"HOME", profile->path().string()}}},
                                  {its_in.get(), its_out.get(), nothing.get()}));
  auto pipe = std::make_unique<Pipe>(pid, std::move(to), std::move(from));
  its_in = FileHandle();
  its_out = FileHandle();
  Json target = TRY(pipe->ask("Target.createTarget", {{"url", "about:blank"}}));
  Json attached =
      TRY(pipe->ask("Target.attachToTarget", {{"targetId", target.at("targetId")}, {"flatten", true}}));
  pipe->session = attached.at("sessionId");
  for (const char* domain : {"Page.enable", "Runtime.enable", "Log.enable"}) TRY(pipe->ask(domain));
  return std::unique_ptr<Browser>(new Browser(std::move(profile), std::move(pipe)));
}

Done Browser::resize(const View& view) {
  TRY(pipe_->ask(
      "Emulation.setDeviceMetricsOverride",
      {{"width", view.width}, {"height", view.height}, {"deviceScaleFactor", 1}, {"mobile", false}}));
  Json scheme{{"name", "prefers-color-scheme"}, {"value", view.dark ? "dark" : "light"}};
  TRY(pipe_->ask("Emulation.setEmulatedMedia", {{"features", Json::array({scheme})}}));
  return {};
}

Done Browser::open(const std::filesystem::path& file, const View& view) {
  TRY(resize(view));
  pipe_->complaints.clear();
  Json answer =
      TRY(pipe_->ask("Page.navigate", {{"url", "file://" + std::filesystem::absolute(file).string()}}));
  if (answer.contains("errorText"))
    return not_found("opening {}: {}", file.string(), printed(answer["errorText"]));
  return pipe_->wait_for("Page.loadEventFired");
}

Result<std::string> Browser::evaluate(const std::string& expression) {
  Json answer = TRY(pipe_->ask(
      "Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}}));
  if (answer.contains("exceptionDetails"))
    return invalid("a script fails: {}", printed(answer["exceptionDetails"]));
  const Json& result = answer.at("result");
  return printed(result.contains("value") ? result["value"] : Json());
}

Result<std::vector<std::string>> Browser::complaints() {
  TRY(evaluate("0"));  // whatever was said before has then arrived
  return pipe_->complaints;
}

Done Browser::screenshot(const std::filesystem::path& png) {
  Json answer = TRY(pipe_->ask("Page.captureScreenshot", {{"captureBeyondViewport", true}}));
  std::ofstream(png, std::ios::binary) << decode_base64(answer.at("data").get_ref<const std::string&>());
  return {};
}

Result<std::vector<std::string>> hard_to_read(Browser& browser) {
  static const char* const look = R"js((() => {
    const said = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) said.push(`the page is ${root.scrollWidth} pixels wide in a window of ${root.clientWidth}`);
    const channels = (color) => { const n = color.match(/[\d.]+/g).map(Number); return {r: n[0], g: n[1], b: n[2], a: n.length > 3 ? n[3] : 1}; };
    const light = ({r, g, b}) => { const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
    const behind = (element) => { for (let e = element; e; e = e.parentElement) { const c = channels(getComputedStyle(e).backgroundColor); if (c.a > 0) return c; } return {r: 255, g: 255, b: 255}; };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode, element = text.parentElement;
      if (!text.data.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName) || element.closest('thead, details:not([open]) > :not(summary)')) continue;
      const range = document.createRange(); range.selectNodeContents(text);
      const box = range.getBoundingClientRect(), style = getComputedStyle(element);
      const name = `"${text.data.trim().slice(0, 40)}"`;
      if (box.width === 0) continue;
      if (box.right > root.clientWidth + 1 || box.left < -1) said.push(`${name} lies outside the window`);
      if (parseFloat(style.fontSize) < 12) said.push(`${name} is ${style.fontSize} small`);
      const [a, b] = [light(channels(style.color)), light(behind(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < 4.5) said.push(`${name} stands out by ${contrast.toFixed(2)} to 1 only`);
    }
    return said;
  })())js";
  return Json::parse(TRY(browser.evaluate(look))).get<std::vector<std::string>>();
}

Result<std::vector<ShownTable>> tables_in(Browser& browser) {
  Json list = Json::parse(TRY(browser.evaluate(
      "[...document.querySelectorAll('table')].map((t) => [t.tBodies[0].rows.length, "
      "[...t.tBodies[0].querySelectorAll('th, td')].filter((c) => !c.textContent.trim()).length])")));
  std::vector<ShownTable> tables;
  for (const Json& one : list) tables.push_back({one[0], one[1]});
  return tables;
}

}  // namespace eulerpublisher::test
