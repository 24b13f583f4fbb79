#include "support/registry_server.h"

#include <csignal>

namespace eulerpublisher::test {

namespace {

std::string yaml(const RegistryServer::Options& options, const TempFolder& folder, uint16_t port) {
  std::string text = fmt::format(
      "version: 0.1\n"
      "log:\n  level: info\n"
      "storage:\n"
      "  filesystem:\n    rootdirectory: {}\n"
      "  delete:\n    enabled: {}\n"
      "  maintenance:\n    uploadpurging:\n      enabled: false\n    readonly:\n      enabled: {}\n"
      "http:\n  addr: 127.0.0.1:{}\n",
      (folder / "storage").string(), options.delete_enabled, options.read_only, port);
  if (!options.certificate.empty()) {
    text += fmt::format("  tls:\n    certificate: {}\n    key: {}\n", options.certificate.string(),
                        options.key.string());
  }
  if (options.basic) {
    text +=
        fmt::format("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", (folder / "htpasswd").string());
  }
  return text + options.more_yaml;
}

}  // namespace

Result<std::unique_ptr<RegistryServer>> RegistryServer::start(Options options) {
  if (!have_program("docker-registry")) return not_found("docker-registry is not installed");
  std::unique_ptr<RegistryServer> server(new RegistryServer(std::move(options)));
  // Between free_port() and the registry's bind() somebody else may take the port.
  for (int attempt = 0; attempt < 5; ++attempt) {
    server->port_ = free_port();
    TRY(server->configure());
    if (server->launch()) return server;
  }
  return unavailable("docker-registry does not start: {}", server->log());
}

Done RegistryServer::configure() {
  if (options_.basic) {
    const auto& [user, password] = *options_.basic;
    Ran made = run({{"htpasswd", "-niB", "-C", "4", user}}, password);
    if (!made.ok()) return not_found("htpasswd (apache2-utils) does not work: {}", made.err);
    write_text(folder_ / "htpasswd", made.out);
  }
  write_text(folder_ / "config.yml", yaml(options_, folder_, port_));
  return {};
}

Done RegistryServer::launch() {
  process_.emplace(
      TRY(Process::start({.argv = {"docker-registry", "serve", (folder_ / "config.yml").string()},
                          .env = {{"OTEL_TRACES_EXPORTER", "none"}},
                          .log = folder_ / "log"})));
  for (int waited = 0; waited < 200 && process_->running(); ++waited) {
    if (wait_for_port(port_, std::chrono::milliseconds(50)) && process_->running()) return {};
  }
  process_.reset();
  return unavailable("docker-registry does not answer on port {}: {}", port_, log());
}

std::string RegistryServer::address() const { return fmt::format("127.0.0.1:{}", port_); }

std::string RegistryServer::url() const {
  return (options_.certificate.empty() ? "http://" : "https://") + address();
}

void RegistryServer::stop() {
  if (process_) process_->stop();
}

void RegistryServer::kill() {
  if (process_) process_->kill();
}

void RegistryServer::pause() {
  if (process_) process_->signal(SIGSTOP);
}

void RegistryServer::resume() {
  if (process_) process_->signal(SIGCONT);
}

Done RegistryServer::restart() {
  stop();
  TRY(configure());
  return launch();
}

Done RegistryServer::restart(Options options) {
  options_ = std::move(options);
  return restart();
}

}  // namespace eulerpublisher::test
