// Configurations, the index and limits on both.
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "rootfs-tools/config.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/index.h"
#include "rootfs-tools/manage.h"
#include "rootfs-tools/resolve.h"

namespace podrun::images {
namespace {

std::string id(char digit) { return "sha256:" + std::string(64, digit); }

TEST(ImageConfig, ReadsWhatAContainerNeeds) {
  const Image image = read_config(
      R"({"created":"2026-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{
          "User":"1:2","ExposedPorts":{"80/tcp":{}},"Env":["A=b"],"Entrypoint":["/e"],"Cmd":null,
          "WorkingDir":"/w","Labels":{"k":"v"},"StopSignal":"SIGQUIT"},
          "rootfs":{"type":"layers","diff_ids":[")" +
          id('b') + R"("]},"history":[]})",
      "test");
  EXPECT_EQ(image.config.user, "1:2");
  EXPECT_EQ(image.config.entrypoint, std::vector<std::string>{"/e"});
  EXPECT_TRUE(image.config.cmd.empty());
  EXPECT_EQ(image.config.stop_signal, "SIGQUIT");
  EXPECT_EQ(image.layers, std::vector<std::string>{id('b')});
  const auto shown = inspect(image);
  EXPECT_EQ(shown["Config"]["WorkingDir"], "/w");
  EXPECT_EQ(shown["Config"]["ExposedPorts"]["80/tcp"], Json::object());
  EXPECT_EQ(shown["RootFS"]["Layers"][0], id('b'));
}

TEST(Document, HoldsDepthAndTypes) {
  EXPECT_NO_THROW(parse_document(std::string(30, '[') + std::string(30, ']'), "t"));
  EXPECT_THROW(parse_document(std::string(40, '[') + std::string(40, ']'), "t"), BadInput);
  EXPECT_THROW(parse_document("", "t"), BadInput);
  EXPECT_THROW(parse_document("{} x", "t"), BadInput);
  EXPECT_THROW(parse_document("\"\xff\"", "t"), BadInput);
  const Json document = parse_document(R"({"s":"x","n":null,"l":["a"],"i":1})", "t");
  EXPECT_EQ(text_member(document, "s", "t"), "x");
  EXPECT_EQ(text_member(document, "n", "t"), "");
  EXPECT_EQ(text_member(document, "none", "t"), "");
  EXPECT_THROW(text_member(document, "i", "t"), BadInput);
  EXPECT_EQ(list_member(document, "l", "t").size(), 1u);
  EXPECT_THROW(list_member(document, "s", "t"), BadInput);
  EXPECT_THROW(object_member(document, "l", "t"), BadInput);
}

class ImageIndex : public ::testing::Test {
 protected:
  const std::string text_ = format_index({
      {id('a'), {"docker.io/library/a:1", "docker.io/library/x:1"}, {id('1')}, 10},
      {id('b'), {}, {id('1'), id('2')}, 20},
      {"sha256:" + std::string(63, 'b') + "c", {"docker.io/library/aa:1"}, {}, 0},
  });
};

TEST_F(ImageIndex, IsFoundByNameAndId) {
  EXPECT_EQ(find_name(text_, "docker.io/library/x:1")->id, id('a'));
  EXPECT_EQ(find_name(text_, "docker.io/library/a:1")->layers.size(), 1u);
  EXPECT_FALSE(find_name(text_, "docker.io/library/y:1"));
  EXPECT_FALSE(find_name(text_, "library/a:1"));
  // What is in the line but is no name.
  EXPECT_FALSE(find_name(text_, id('1')));
  EXPECT_EQ(find_id(text_, "aaaa")->size, 10u);
  EXPECT_FALSE(find_id(text_, "bbbb"));
  EXPECT_EQ(find_id(text_, std::string(64, 'b'))->size, 20u);
  EXPECT_FALSE(find_id(text_, "cccc"));
  EXPECT_FALSE(find_name("", "docker.io/library/a:1"));
}

TEST_F(ImageIndex, RoundTrips) {
  const auto entries = parse_index(text_);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(format_index(entries), text_);
  EXPECT_TRUE(parse_index("").empty());
  EXPECT_TRUE(parse_index(format_index({})).empty());
  EXPECT_THROW(parse_index("{"), Error);
  EXPECT_THROW(parse_index(R"({"images":[{"id":"x"}]})"), Error);
}

TEST_F(ImageIndex, ResolvesWhatAUserTypes) {
  EXPECT_EQ(resolve(text_, "a:1")->id, id('a'));
  EXPECT_EQ(resolve(text_, "aaaaaaaa")->id, id('a'));
  EXPECT_EQ(resolve(text_, "sha256:aaaaaa")->id, id('a'));
  EXPECT_EQ(resolve(text_, id('b'))->id, id('b'));
  EXPECT_FALSE(resolve(text_, "bbbb"));
  EXPECT_THROW(resolve(text_, "NOT A NAME"), BadInput);
  const auto entry = *resolve(text_, "a:1");
  EXPECT_FALSE(is_by_id(entry, "a:1"));
  EXPECT_TRUE(is_by_id(entry, "aaaa"));
  EXPECT_TRUE(is_by_id(entry, id('a')));
}

}  // namespace
}  // namespace podrun::images
