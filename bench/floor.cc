// What publishing cannot be faster than: the CPU seconds that one core needs for the work nobody can leave
// out (decode the archives, hash them, the layers and the compressed layers, compress the layers), divided by
// the cores.
//
//   floor [--level N] [--repeat N] ARCHIVE.tar.xz...
//
// Prints one JSON document.  Uses the libraries alone, none of the project's code.

#include <libdeflate.h>
#include <lzma.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr size_t kMember = 1 << 20;  // a gzip member's uncompressed size, as the program writes them
constexpr size_t kBlock = 512;       // of a tar

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "floor: %s\n", why.c_str());
  std::exit(1);
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Adds the CPU time of its own life to a total.
class Timing {
 public:
  explicit Timing(double& total) : total_(total), start_(cpu_seconds()) {}
  ~Timing() { total_ += cpu_seconds() - start_; }
  Timing(const Timing&) = delete;

 private:
  double& total_;
  double start_;
};

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void update(const void* bytes, size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

struct Work {
  double xz = 0, sha256 = 0, gzip = 0;
  uint64_t archive = 0, unpacked = 0, layers = 0, compressed = 0;
  double total() const { return xz + sha256 + gzip; }
};

// Compresses and hashes the layers of an archive whose unpacked bytes it is given: the files of the outer tar
// whose names end in ".tar".
class Layers {
 public:
  Layers(int level, Work& work) : compressor_(libdeflate_alloc_compressor(level)), work_(work) {
    if (!compressor_) give_up("libdeflate has no such level");
    packed_.resize(libdeflate_gzip_compress_bound(compressor_.get(), kMember));
    member_.reserve(kMember);
  }

  void write(const uint8_t* bytes, size_t size) {
    work_.unpacked += size;
    while (size > 0) {
      size_t used = left_ > 0 ? body(bytes, size) : header(bytes, size);
      bytes += used;
      size -= used;
    }
  }

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
  };

  size_t header(const uint8_t* bytes, size_t size) {
    size_t used = std::min(size, kBlock - header_.size());
    header_.append(reinterpret_cast<const char*>(bytes), used);
    if (header_.size() == kBlock) {
      std::string name = header_.c_str();
      content_ = std::strtoull(header_.substr(124, 12).c_str(), nullptr, 8);
      left_ = (content_ + kBlock - 1) / kBlock * kBlock;
      is_layer_ = name.size() > 4 && name.compare(name.size() - 4, 4, ".tar") == 0;
      header_.clear();
    }
    return used;
  }

  size_t body(const uint8_t* bytes, size_t size) {
    size_t used = std::min<uint64_t>(size, left_);
    left_ -= used;
    uint64_t real = std::min<uint64_t>(used, content_);
    content_ -= real;
    if (is_layer_) layer(bytes, real);
    return used;
  }

  void layer(const uint8_t* bytes, size_t size) {
    work_.layers += size;
    {
      Timing timing(work_.sha256);
      diff_id_.update(bytes, size);
    }
    while (size > 0) {
      size_t used = std::min(size, kMember - member_.size());
      member_.insert(member_.end(), bytes, bytes + used);
      bytes += used;
      size -= used;
      if (member_.size() == kMember || (size == 0 && content_ == 0)) compress();
    }
  }

  void compress() {
    size_t size = 0;
    {
      Timing timing(work_.gzip);
      size = libdeflate_gzip_compress(compressor_.get(), member_.data(), member_.size(), packed_.data(),
                                      packed_.size());
    }
    Timing timing(work_.sha256);
    digest_.update(packed_.data(), size);
    work_.compressed += size;
    member_.clear();
  }

  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  Work& work_;
  std::string header_;
  uint64_t content_ = 0, left_ = 0;  // of the member being read: bytes to come, without and with its padding
  bool is_layer_ = false;
  std::vector<uint8_t> member_, packed_;
  Sha256 diff_id_, digest_;
};

Work measure(const std::string& path, int level) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up("cannot read " + path);
  Work work;
  Layers layers(level, work);
  Sha256 checksum;
  lzma_stream decoder = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&decoder, UINT64_MAX, 0) != LZMA_OK) give_up("liblzma does not start");
  std::vector<uint8_t> in(kMember), out(kMember);
  lzma_ret state = LZMA_OK;
  while (state == LZMA_OK) {
    if (decoder.avail_in == 0 && file) {
      file.read(reinterpret_cast<char*>(in.data()), static_cast<std::streamsize>(in.size()));
      decoder.next_in = in.data();
      decoder.avail_in = static_cast<size_t>(file.gcount());
      work.archive += decoder.avail_in;
      Timing timing(work.sha256);
      checksum.update(in.data(), decoder.avail_in);
    }
    decoder.next_out = out.data();
    decoder.avail_out = out.size();
    {
      Timing timing(work.xz);
      state = lzma_code(&decoder, file ? LZMA_RUN : LZMA_FINISH);
    }
    layers.write(out.data(), out.size() - decoder.avail_out);
  }
  lzma_end(&decoder);
  if (state != LZMA_STREAM_END) give_up(path + " is not a whole xz file");
  return work;
}

}  // namespace

int main(int argc, char** argv) {
  int level = 5, repeat = 3;
  std::vector<std::string> archives;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--level" && i + 1 < argc) {
      level = std::atoi(argv[++i]);
    } else if (argument == "--repeat" && i + 1 < argc) {
      repeat = std::max(1, std::atoi(argv[++i]));
    } else {
      archives.push_back(argument);
    }
  }
  if (archives.empty()) give_up("usage: floor [--level N] [--repeat N] ARCHIVE.tar.xz...");

  nlohmann::ordered_json result;
  double total = 0;
  for (const std::string& archive : archives) {
    std::vector<Work> runs;
    for (int i = 0; i < repeat; ++i) runs.push_back(measure(archive, level));
    std::nth_element(runs.begin(), runs.begin() + repeat / 2, runs.end(),
                     [](const Work& a, const Work& b) { return a.total() < b.total(); });
    const Work& median = runs[static_cast<size_t>(repeat) / 2];
    total += median.total();
    result["archives"].push_back({{"path", archive},
                                  {"xz_seconds", median.xz},
                                  {"sha256_seconds", median.sha256},
                                  {"gzip_seconds", median.gzip},
                                  {"archive_bytes", median.archive},
                                  {"unpacked_bytes", median.unpacked},
                                  {"layer_bytes", median.layers},
                                  {"compressed_bytes", median.compressed}});
  }
  unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  result["gzip_level"] = level;
  result["repeat"] = repeat;
  result["cpu_seconds"] = total;
  result["cores"] = cores;
  result["floor_seconds"] = total / cores;
  result["versions"] = {{"liblzma", lzma_version_string()},
                        {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
                        {"libdeflate", LIBDEFLATE_VERSION_STRING}};
  std::printf("%s\n", result.dump(2).c_str());
}
