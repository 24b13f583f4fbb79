// Makes a catalogue as large as the real one was in August 2026: 444 images in nine scenes, 1638 tags, 1757
// Dockerfiles, READMEs and image-info.yml.  One Dockerfile in thirteen builds on another image of it.
//
//   make_catalogue FOLDER

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace {

namespace fs = std::filesystem;

constexpr int images = 444, tags = 1638, files = 1757;
constexpr std::array scenes{"AI",         "Base", "Bigdata", "Cloud",  "Database",
                            "Distroless", "HPC",  "Others",  "Storage"};
constexpr std::array<std::array<const char*, 2>, 4> systems{
    {{"24.03-lts", "2403lts"}, {"24.03-lts-sp1", "2403sp1"}, {"22.03-lts", "2203lts"}, {"25.03", "2503"}}};

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string dockerfile(const std::string& path, const std::string& base) {
  std::string text = "ARG BASE=" + base + "\nFROM ${BASE}\n\nARG VERSION=" + path + "\n";
  for (int i = 0; i < 12; ++i)
    text += "RUN dnf install -y package" + std::to_string(i) + " && \\\n    dnf clean all\n";
  return text + "ENTRYPOINT [\"/bin/bash\"]\n";
}

class Maker {
 public:
  explicit Maker(fs::path root) : root_(std::move(root)) {}

  void make() {
    for (int image = 0; image < images; ++image) {
      // One image has 34 tags, the others share the rest.
      int rest = tags - 34;
      int many = image == 0 ? 34 : rest * image / (images - 1) - rest * (image - 1) / (images - 1);
      make_image(image, many);
    }
    while (written_ < files)
      add_file("AI/image0/0." + std::to_string(written_) + "/24.03-lts/Dockerfile",
               "openeuler/openeuler:24.03-lts");
    for (const auto& [scene, list] : lists_) write(root_ / scene / "image-list.yml", "images:\n" + list);
  }

 private:
  void add_file(const std::string& path, const std::string& base) {
    write(root_ / path, dockerfile(path, base));
    ++written_;
  }

  void make_image(int image, int many) {
    std::string scene = scenes[image % scenes.size()];
    std::string name = "image" + std::to_string(image);
    std::string folder = scene + "/" + name;
    lists_[scene] += "  " + name + ": " + name + "\n";
    std::string meta, rows;
    for (int i = 0; i < many; ++i) {
      const auto& [system, brief] = systems[i % systems.size()];
      std::string version = "1." + std::to_string(i / 4) + "." + std::to_string(image % 7);
      std::string tag = version + "-oe" + brief;
      std::string path = version + "/" + system + "/Dockerfile";
      meta += tag + ":\n  path: " + path + "\n";
      rows += "| [" + tag + "](https://gitee.com/openeuler/openeuler-docker-images/blob/master/" + folder +
              "/" + path + ") | " + name + " " + version + " | amd64, arm64 |\n";
      bool on_ours = image > 0 && written_ % 13 == 0;
      add_file(folder + "/" + path, on_ours ? "openeuler/image0:1.0.0-oe" + std::string(brief)
                                            : "openeuler/openeuler:" + std::string(system));
    }
    std::string table = "| Tags | Currently | Architectures |\n|------|------|------|\n" + rows;
    write(root_ / folder / "meta.yml", meta);
    write(root_ / folder / "README.md", "# " + name + "\n\n" + table);
    write(root_ / folder / "doc/image-info.yml", "name: " + name + "\ntags: |\n" + indented(table));
  }

  static std::string indented(const std::string& text) {
    std::string result = "  ";
    for (char c : text) {
      result += c;
      if (c == '\n') result += "  ";
    }
    return result;
  }

  fs::path root_;
  std::map<std::string, std::string> lists_;
  int written_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "make_catalogue FOLDER\n");
    return 2;
  }
  Maker(argv[1]).make();
  return 0;
}
