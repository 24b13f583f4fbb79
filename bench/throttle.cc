// A registry that takes no more than so many bytes a second: forwards connections to a port of this machine,
// slowly in that direction and at full speed back.
//
//   throttle BYTES_PER_SECOND TO_PORT FILE_WITH_OWN_PORT

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// When the next bytes may pass; one for all connections, as a narrow line would be.
class Rate {
 public:
  explicit Rate(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}
  void wait_for(size_t bytes) {
    std::unique_lock lock(mutex_);
    Clock::time_point turn = std::max(next_, Clock::now());
    next_ = turn + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(bytes) / bytes_per_second_));
    lock.unlock();
    std::this_thread::sleep_until(turn);
  }

 private:
  double bytes_per_second_;
  std::mutex mutex_;
  Clock::time_point next_{};
};

void pass(int from, int to, Rate* rate) {
  std::vector<char> buffer(32 << 10);
  ssize_t count;
  while ((count = read(from, buffer.data(), buffer.size())) > 0) {
    if (rate) rate->wait_for(static_cast<size_t>(count));
    for (ssize_t sent = 0; sent < count;) {
      ssize_t more = write(to, buffer.data() + sent, static_cast<size_t>(count - sent));
      if (more <= 0) break;
      sent += more;
    }
  }
  shutdown(to, SHUT_WR);
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

void serve(int client, int port, Rate& rate) {
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    std::thread back(pass, server, client, nullptr);
    pass(client, server, &rate);
    back.join();
  }
  close(server);
  close(client);
}

}  // namespace

int main(int argc, char** argv) {
  int own = 0;
  if (argc != 4 || !(std::ifstream(argv[3]) >> own)) {
    std::fprintf(stderr, "usage: throttle BYTES_PER_SECOND TO_PORT FILE_WITH_OWN_PORT\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  // What the kernel takes in advance would be taken at full speed.
  int small = 64 << 10;
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
  sockaddr_in address = loopback(own);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 64) != 0) {
    std::perror("throttle");
    return 1;
  }
  Rate rate(std::atof(argv[1]));
  int port = std::atoi(argv[2]);
  while (true) {
    int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) std::thread(serve, client, port, std::ref(rate)).detach();
  }
}
