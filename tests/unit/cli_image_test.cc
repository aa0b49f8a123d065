#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/image_list.h"
#include "cli/progress.h"
#include "cli/text_table.h"

namespace podrun::cli {
namespace {

images::Image image(const std::string& id, std::vector<std::string> names, std::uint64_t size) {
  images::Image image;
  image.id = "sha256:" + id;
  image.names = std::move(names);
  image.size = size;
  image.created = "2026-11-23T10:00:00Z";
  image.os = "linux";
  image.architecture = "amd64";
  image.layers = {"sha256:1", "sha256:2"};
  return image;
}

const std::vector<images::Image> kImages{
    image("0123456789abcdef0123", {"docker.io/luksa/kubia:latest", "reg.local:5000/kubia:v1"},
          77'800'000),
    image("fedcba9876543210", {}, 512)};
const WallTime kNow = parse_rfc3339("2026-11-26T10:00:00Z");

TEST(ImageList, IsATableARowPerName) {
  EXPECT_EQ(image_table(kImages, {}, kNow),
            "REPOSITORY             TAG      IMAGE ID       CREATED   SIZE\n"
            "luksa/kubia            latest   0123456789ab   3d ago    77.8MB\n"
            "reg.local:5000/kubia   v1       0123456789ab   3d ago    77.8MB\n"
            "<none>                 <none>   fedcba987654   3d ago    512B\n");
  EXPECT_EQ(image_table({kImages[1]}, {.wide = true, .full_ids = true}, kNow),
            "REPOSITORY   TAG      IMAGE ID                  CREATED   SIZE   LAYERS   PLATFORM\n"
            "<none>       <none>   sha256:fedcba9876543210   3d ago    512B   2        "
            "linux/amd64\n");
}

TEST(ImageList, HasNoAgeForReproducibleImages) {
  images::Image old = kImages[0];
  for (const char* created : {"1970-01-01T00:00:00Z", "", "yesterday"}) {
    old.created = created;
    EXPECT_NE(image_table({old}, {}, kNow).find("N/A"), std::string::npos) << created;
  }
}

TEST(ImageList, NamesAndJson) {
  EXPECT_EQ(image_names(kImages), "luksa/kubia:latest\nreg.local:5000/kubia:v1\n");
  const auto json = nlohmann::json::parse(image_json(kImages));
  EXPECT_EQ(json[0]["names"][1], "reg.local:5000/kubia:v1");
  EXPECT_EQ(json[1]["size"], 512);
}

TEST(ImageList, ShowsNamesAsDockerDoes) {
  const auto shown = [](const std::string& name) {
    const ShownName parts = shown_name(name);
    return parts.repository + "|" + parts.tag;
  };
  EXPECT_EQ(shown("docker.io/library/busybox:latest"), "busybox|latest");
  EXPECT_EQ(shown("docker.io/luksa/kubia:v1"), "luksa/kubia|v1");
  EXPECT_EQ(shown("quay.io/a/b:x"), "quay.io/a/b|x");
  EXPECT_EQ(shown("localhost:5000/b"), "localhost:5000/b|<none>");
  EXPECT_EQ(shown("a/b@sha256:0123"), "a/b|<none>");
}

TEST(SizeText, HasThreeFigures) {
  EXPECT_EQ(size_text(0), "0B");
  EXPECT_EQ(size_text(999), "999B");
  EXPECT_EQ(size_text(1000), "1kB");
  EXPECT_EQ(size_text(1536), "1.54kB");
  EXPECT_EQ(size_text(999'999), "1MB");
  EXPECT_EQ(size_text(77'843'210), "77.8MB");
  EXPECT_EQ(size_text(18'446'744'073'709'551'615u), "1.84e+04PB");
}

TEST(ProgressLine, FitsTheTerminal) {
  EXPECT_EQ(progress_line({50, 100, "layer 2/3"}, 100),
            "layer 2/3  [===============>              ]  50%  50B/100B");
  EXPECT_EQ(progress_line({100, 100, "x"}, 100),
            "x  [==============================]  100%  100B/100B");
  EXPECT_EQ(progress_line({300, 100, "x"}, 100),
            "x  [==============================]  100%  100B/100B")
      << "a source that grew";
  EXPECT_EQ(progress_line({1500, 0, "layer 1/1"}, 100), "layer 1/1  1.5kB");
  EXPECT_EQ(progress_line({0, 0, "waiting for another import"}, 100), "waiting for another import");
  for (std::size_t width = 0; width < 60; ++width) {
    EXPECT_LE(progress_line({50, 100, "layer 2/3"}, width).size(), width);
  }
}

TEST(TextTable, AlignsByCharacters) {
  EXPECT_EQ(text_table({{"A", "B"}, {"grün", "x"}, {"1"}}), "A      B\ngrün   x\n1\n");
  EXPECT_EQ(text_table({}), "");
}

}  // namespace
}  // namespace podrun::cli
