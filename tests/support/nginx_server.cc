#include "support/nginx_server.h"

namespace eulerpublisher::test {
namespace {

const std::filesystem::path fancyindex_module = "/usr/lib/nginx/modules/ngx_http_fancyindex_module.so";

}  // namespace

std::string NginxServer::configuration(const std::filesystem::path& folder, const Options& options) const {
  using Listing = Options::Listing;
  std::string text;
  if (options.listing == Listing::fancyindex)
    text += fmt::format("load_module {};\n", fancyindex_module.string());
  std::string listing = options.listing == Listing::autoindex    ? "autoindex on;"
                        : options.listing == Listing::fancyindex ? "fancyindex on; fancyindex_exact_size off;"
                                                                 : "";
  text += fmt::format(R"(daemon off;
worker_processes 1;
pid {0}/pid;
error_log {0}/error.log;
events {{ worker_connections 64; }}
http {{
  log_format told '$request $status $http_range';
  access_log {0}/access.log told;
  default_type application/octet-stream;
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  scgi_temp_path {0}/scgi;
  uwsgi_temp_path {0}/uwsgi;
  server {{
    listen 127.0.0.1:{1};
    root {2};
    {3}
    {4}
  }}
}}
)",
                      temporary_.path().string(), port_, folder.string(), listing, options.more);
  return text;
}

Result<Process> NginxServer::launch() const {
  return Process::start(
      {.argv = {"nginx", "-p", temporary_.path().string(), "-c", (temporary_ / "nginx.conf").string(), "-e",
                (temporary_ / "error.log").string()}});
}

Done NginxServer::restart() {
  process_.emplace(TRY(launch()));
  if (wait_for_port(port_)) return {};
  return unavailable("nginx does not start again: {}", read_text(temporary_ / "error.log"));
}

Result<std::unique_ptr<NginxServer>> NginxServer::start(const std::filesystem::path& folder,
                                                        Options options) {
  if (!have_program("nginx")) return not_found("nginx is not installed");
  if (options.listing == Options::Listing::fancyindex && !std::filesystem::exists(fancyindex_module))
    return unsupported("nginx has no fancyindex module here");
  std::unique_ptr<NginxServer> server(new NginxServer());
  // Workers of a master that is root are somebody else, who must be able to read both folders.
  for (const auto& path : {server->temporary_.path(), folder})
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  // Between free_port() and nginx's bind() somebody else may take the port.
  for (int attempt = 0; attempt < 5; ++attempt) {
    server->port_ = free_port();
    write_text(server->temporary_ / "nginx.conf", server->configuration(folder, options));
    server->process_.emplace(TRY(server->launch()));
    for (int waited = 0; waited < 200 && server->process_->running(); ++waited)
      if (wait_for_port(server->port_, std::chrono::milliseconds(50)) && server->process_->running())
        return server;
    server->process_.reset();
  }
  return unavailable("nginx does not start: {}", read_text(server->temporary_ / "error.log"));
}

}  // namespace eulerpublisher::test
