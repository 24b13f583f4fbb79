// Writes a docker-archive with one layer of generated files to standard output, in a single pass and little
// memory:
//
//   large MEBIBYTES ARCHITECTURE VERSION_IN_OS_RELEASE | xz > FILE
//
// The layer has that many MiB, in files of 1 MiB (below 1024 MiB: fewer, but never none).  A quarter of each
// is noise and the rest repeats, so that about a quarter remains when it is compressed.  The same arguments,
// the same bytes.

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr size_t block = 512, file_size = 1 << 20;
using Write = std::function<void(const char*, size_t)>;

class Sha256 {
 public:
  Sha256() { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
  ~Sha256() { EVP_MD_CTX_free(context_); }
  Sha256(const Sha256&) = delete;
  void update(const char* bytes, size_t size) { EVP_DigestUpdate(context_, bytes, size); }
  std::string hex() {
    std::array<unsigned char, 32> value;
    EVP_DigestFinal_ex(context_, value.data(), nullptr);
    std::string text;
    for (unsigned char byte : value) {
      char two[3];
      std::snprintf(two, sizeof(two), "%02x", byte);
      text += two;
    }
    return text;
  }

 private:
  EVP_MD_CTX* context_ = EVP_MD_CTX_new();
};

void header(const Write& write, const std::string& name, uint64_t size, char type, unsigned mode) {
  char bytes[block] = {};
  std::snprintf(bytes, 100, "%s", name.c_str());
  std::snprintf(bytes + 100, 8, "%07o", mode);
  std::snprintf(bytes + 108, 8, "%07o", 0);
  std::snprintf(bytes + 116, 8, "%07o", 0);
  // From 8 GiB on eleven octal digits do not do: GNU's form, a set bit and the number itself.
  if (size < (uint64_t{1} << 33)) {
    std::snprintf(bytes + 124, 12, "%011llo", static_cast<unsigned long long>(size));
  } else {
    bytes[124] = static_cast<char>(0x80);
    for (int i = 0; i < 8; ++i) bytes[135 - i] = static_cast<char>(size >> (8 * i));
  }
  std::snprintf(bytes + 136, 12, "%011o", 1735516800);
  std::memset(bytes + 148, ' ', 8);
  bytes[156] = type;
  std::memcpy(bytes + 257, "ustar\00000", 8);
  unsigned sum = 0;
  for (char byte : bytes) sum += static_cast<unsigned char>(byte);
  std::snprintf(bytes + 148, 8, "%06o", sum);
  bytes[155] = ' ';
  write(bytes, block);
}

void file(const Write& write, const std::string& name, const std::string& content, unsigned mode = 0644) {
  header(write, name, content.size(), '0', mode);
  write(content.data(), content.size());
  static const char padding[block] = {};
  if (content.size() % block) write(padding, block - content.size() % block);
}

class Layer {
 public:
  Layer(uint64_t mebibytes, const std::string& version) : mebibytes_(mebibytes) {
    size_t dash = version.find('-');
    std::string number = version.substr(0, dash);
    std::string spoken = number + (dash == version.npos ? "" : " (" + version.substr(dash + 1) + ")");
    os_release_ = "NAME=\"openEuler\"\nVERSION=\"" + spoken + "\"\nID=\"openEuler\"\nVERSION_ID=\"" + number +
                  "\"\nPRETTY_NAME=\"openEuler " + spoken + "\"\n";
  }

  void write(const Write& write) const {
    uint64_t written = 0;
    Write counting = [&](const char* bytes, size_t size) {
      written += size;
      write(bytes, size);
    };
    header(counting, "etc/", 0, '5', 0755);
    file(counting, "etc/os-release", os_release_);
    file(counting, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    file(counting, "etc/group", "root:x:0:\n");
    header(counting, "data/", 0, '5', 0755);
    std::string content(file_size, '\0');
    for (uint64_t number = 0; written + block + file_size + 2 * block <= size(); ++number) {
      fill(content, number);
      file(counting, "data/" + std::to_string(number), content);
    }
    static const char zeros[block] = {};
    while (written < size()) counting(zeros, block);
  }
  uint64_t size() const { return mebibytes_ << 20; }

 private:
  static void fill(std::string& content, uint64_t number) {
    uint64_t state = number * 0x9e3779b97f4a7c15u + 1;
    for (size_t at = 0; at < content.size(); at += 4096) {
      bool noise = at / 4096 % 4 == 0;
      for (size_t i = 0; i < 4096; i += 8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if (!noise)
          std::memcpy(&content[at + i], "openEule", 8);
        else
          std::memcpy(&content[at + i], &state, 8);
      }
    }
  }

  uint64_t mebibytes_;
  std::string os_release_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || std::atoi(argv[1]) < 1) {
    std::fprintf(stderr, "usage: large MEBIBYTES ARCHITECTURE VERSION\n");
    return 2;
  }
  Layer layer(std::strtoull(argv[1], nullptr, 10), argv[3]);
  Sha256 hash;
  layer.write([&](const char* bytes, size_t size) { hash.update(bytes, size); });
  std::string diff_id = hash.hex();
  std::string config = std::string("{\"created\":\"2024-12-30T00:00:00Z\",\"architecture\":\"") + argv[2] +
                       "\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"bash\"]},\"rootfs\":{\"type\":\"layers\","
                       "\"diff_ids\":[\"sha256:" +
                       diff_id + "\"]}}";
  Sha256 config_hash;
  config_hash.update(config.data(), config.size());
  std::string config_name = config_hash.hex() + ".json";
  Write out = [](const char* bytes, size_t size) {
    if (std::fwrite(bytes, 1, size, stdout) == size) return;
    std::perror("large");
    std::exit(1);
  };
  header(out, diff_id + ".tar", layer.size(), '0', 0444);
  layer.write(out);
  file(out, config_name, config, 0444);
  file(out, "manifest.json",
       "[{\"Config\":\"" + config_name + "\",\"RepoTags\":[\"large:latest\"],\"Layers\":[\"" + diff_id +
           ".tar\"]}]",
       0444);
  out(std::string(2 * block, '\0').data(), 2 * block);
  if (std::fflush(stdout) != 0) {
    std::perror("large");
    return 1;
  }
}
