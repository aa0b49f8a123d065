// Every file of manifest_broken/ gets exactly the errors that expected.txt lists for it.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/files.h"
#include "supervisor/manifest/load.h"

namespace podrun::manifest {
namespace {

const std::string kFolder = MANIFEST_BROKEN;

std::map<std::string, std::vector<std::string>> expectations() {
  std::map<std::string, std::vector<std::string>> expected;
  std::istringstream lines(read_file(kFolder + "/expected.txt"));
  for (std::string line; std::getline(lines, line);) {
    expected[line.substr(0, line.find(':'))].push_back(line);
  }
  return expected;
}

std::vector<std::string> errors_of(const std::string& file) {
  std::vector<std::string> errors;
  const Loaded loaded = load_text(read_file(kFolder + "/" + file), file, {});
  for (const Remark& error : loaded.errors) errors.push_back(error.to_string());
  return errors;
}

TEST(ManifestBroken, EachFileHasItsErrors) {
  const auto expected = expectations();
  EXPECT_GE(expected.size(), 200u);
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path().filename());
  }
  EXPECT_EQ(files.size(), expected.size());
  for (const std::string& file : files) {
    const auto found = expected.find(file);
    ASSERT_NE(found, expected.end()) << file;
    EXPECT_EQ(errors_of(file), found->second) << file;
  }
}

TEST(ManifestBroken, EveryErrorHasALine) {
  for (const auto& [file, lines] : expectations()) {
    for (const Remark& error : load_text(read_file(kFolder + "/" + file), file, {}).errors) {
      EXPECT_GT(error.line, 0) << error.to_string();
    }
  }
}

// Too large for files.
TEST(ManifestBroken, Bombs) {
  const auto only_error = [](const std::string& text) {
    const Loaded loaded = load_text(text, "x", {});
    EXPECT_EQ(loaded.errors.size(), 1u);
    return loaded.errors.empty() ? "" : loaded.errors[0].to_string();
  };
  const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n";
  const std::string spec = "spec:\n  containers:\n  - {name: main, image: kubia}\n";
  EXPECT_EQ(only_error("a: " + std::string((3u << 20) + 1, 'x')),
            "x:1: yaml: a value of 3145729 bytes is longer than 3 MiB");
  EXPECT_EQ(only_error("{\"a\": \"" + std::string((3u << 20) + 1, 'x') + "\"}"),
            "x:1: json: a value is longer than 3 MiB");
  EXPECT_EQ(only_error(std::string((16u << 20) + 1, '\n')), "x:1: more than 16 MiB of text");
  EXPECT_EQ(
      only_error(pod + "  annotations:\n    note: " + std::string(256u << 10, 'x') + "\n" + spec),
      "x:5: metadata.annotations: Too long: may not be more than 262144 bytes");
  EXPECT_EQ(only_error(std::string(200000, '[')), "x:1: yaml: nested deeper than 100 levels");
  std::string deep_json;
  for (int i = 0; i < 100000; ++i) deep_json += "{\"a\":";
  EXPECT_EQ(only_error(deep_json), "x:1: json: nested deeper than 100 levels");
  std::string list = "a:\n";
  for (int i = 0; i < 200001; ++i) list += "- x\n";
  EXPECT_EQ(only_error(list), "x:199999: yaml: document is too large");
  std::string keys;
  for (int i = 0; i < 10001; ++i) keys += "k" + std::to_string(i) + ": x\n";
  EXPECT_EQ(only_error(keys), "x:10001: yaml: more than 10000 keys in one map");
  std::string documents;
  for (int i = 0; i < 10002; ++i) documents += "---\n";
  EXPECT_EQ(only_error(documents), "x:10002: more than 10000 documents");
  const std::string ten = "[*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]";
  EXPECT_EQ(only_error("a: &a " + std::string(1000000, 'x') + "\nb: " + ten + "\n"),
            "x:2: yaml: document contains excessive aliasing");
}

// Nothing here takes time that grows with the square of its input.
TEST(ManifestBroken, ManyMistakesAreFoundAtOnce) {
  std::string text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n";
  for (int i = 0; i < 9000; ++i) text += "    _" + std::to_string(i) + ": x\n";
  text += "spec:\n  containers:\n";
  for (int i = 0; i < 50000; ++i) text += "  - x\n";
  EXPECT_EQ(load_text(text, "x", {}).errors.size(), 59000u);
}

TEST(ManifestBroken, KeysDoNotMoveTheCursor) {
  const Loaded loaded = load_text(
      "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"\\u001b[2J\": 1, \"metadata\": "
      "{\"labels\": {\"\\u001b[2J\": 1}}}",
      "x", {});
  for (const auto* remarks : {&loaded.errors, &loaded.warnings}) {
    EXPECT_FALSE(remarks->empty());
    for (const Remark& remark : *remarks) {
      EXPECT_EQ(remark.to_string().find('\x1b'), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace podrun::manifest
