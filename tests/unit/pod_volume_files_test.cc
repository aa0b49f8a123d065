// What volumes of ConfigMaps, Secrets, the downward API and projections consist of.
#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/pod/volume_files.h"

namespace podrun::pod {
namespace {

class VolumeFilesTest : public ::testing::Test {
 protected:
  VolumeFilesTest() {
    config_.provided = true;
    config_.config_maps["settings"] = {{"color", "green"}, {"size", "3"}};
    config_.binary["settings"] = {{"raw", std::string("\0\xff", 2)}};
    config_.secrets["login"] = {{"user", "eve"}};
    pod_.metadata.name = "reader";
    pod_.metadata.labels = {{"app", "old"}};
    pod_.spec.service_account_name = "default";
  }
  VolumeFiles files(decltype(manifest::Volume::source) source) const {
    return volume_files({"v", std::move(source)}, {pod_, node_, config_});
  }
  std::string problem(decltype(manifest::Volume::source) source) const {
    try {
      files(std::move(source));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  ConfigData config_;
  manifest::Pod pod_;
  NodeFacts node_;
};

TEST_F(VolumeFilesTest, AllKeysOrThoseThatAreNamed) {
  manifest::ConfigMapVolume map{"settings", {}, 0640, false};
  EXPECT_EQ(files(map).size(), 3u);
  EXPECT_EQ(files(map).at("raw").content, std::string("\0\xff", 2));
  EXPECT_EQ(files(map).at("color").mode, 0640u);
  map.items = {{"color", "a/b", 0400}};
  ASSERT_EQ(files(map).size(), 1u);
  EXPECT_EQ(files(map).at("a/b").content, "green");
  EXPECT_EQ(files(map).at("a/b").mode, 0400u);
}

TEST_F(VolumeFilesTest, WhatIsMissingIsToldUnlessItIsOptional) {
  EXPECT_EQ(problem(manifest::ConfigMapVolume{"none", {}, 0644, false}),
            "configmap \"none\" not found");
  EXPECT_EQ(problem(manifest::SecretVolume{"none", {}, 0644, false}), "secret \"none\" not found");
  EXPECT_EQ(problem(manifest::ConfigMapVolume{"settings", {{"x", "x", {}}}, 0644, false}),
            "configmap references non-existent config key: x");
  EXPECT_EQ(problem(manifest::SecretVolume{"login", {{"x", "x", {}}}, 0644, false}),
            "references non-existent secret key: x");
  EXPECT_TRUE(files(manifest::ConfigMapVolume{"none", {}, 0644, true}).empty());
  EXPECT_TRUE(files(manifest::SecretVolume{"login", {{"x", "x", {}}}, 0644, true}).empty());
}

TEST_F(VolumeFilesTest, KeysOfASecret) {
  manifest::SecretVolume secret{"login", {}, 0400, false};
  ASSERT_EQ(files(secret).size(), 1u);
  EXPECT_EQ(files(secret).at("user").content, "eve");
  EXPECT_EQ(files(secret).at("user").mode, 0400u);
  EXPECT_EQ(files(secret).at("user").owner, std::nullopt);
  secret.items = {{"user", "./names//user", 0440}};
  EXPECT_EQ(files(secret).at("names/user").mode, 0440u);
}

TEST_F(VolumeFilesTest, ResourcesOfAContainer) {
  manifest::Container limited;
  limited.name = "limited";
  limited.resources.limits["memory"] = Quantity::parse("64Mi");
  pod_.spec.containers = {limited, {}};
  node_.cpus = 4;
  const auto resource = [](const char* what, const char* divisor) {
    return manifest::ResourceFieldSelector{"limited", what, Quantity::parse(divisor)};
  };
  manifest::DownwardVolume volume;
  volume.items = {{"memory", {}, resource("limits.memory", "1Mi"), 0400},
                  {"cpus", {}, resource("limits.cpu", "1m"), {}}};
  EXPECT_EQ(files(volume).at("memory").content, "64");
  EXPECT_EQ(files(volume).at("memory").mode, 0400u);
  EXPECT_EQ(files(volume).at("cpus").content, "4000") << "the node's, where there is no limit";
  volume.items[0].resource->container_name = "none";
  EXPECT_EQ(problem(volume), "container none not found");
}

TEST_F(VolumeFilesTest, LabelsAsTheyAreByNow) {
  manifest::DownwardVolume volume;
  volume.items = {{"labels", manifest::ObjectFieldSelector{"metadata.labels"}, {}, {}},
                  {"app", manifest::ObjectFieldSelector{"metadata.labels['app']"}, {}, {}}};
  EXPECT_EQ(files(volume).at("labels").content, "app=\"old\"");
  config_.labels = ConfigData::Entries{{"app", "ne\"w"}, {"tier", "front"}};
  EXPECT_EQ(files(volume).at("labels").content, "app=\"ne\\\"w\"\ntier=\"front\"");
  EXPECT_EQ(files(volume).at("app").content, "ne\"w");
}

TEST_F(VolumeFilesTest, ProjectionsTellAllProblems) {
  manifest::ProjectedVolume volume;
  volume.sources = {manifest::ConfigMapVolume{"none", {}, 0644, false},
                    manifest::TokenProjection{"vault", "token", 600}};
  EXPECT_EQ(problem(volume),
            "[configmap \"none\" not found, failed to fetch token: serviceaccounts \"default\" not "
            "found]");
  config_.tokens[token_key("vault", 600)] = "jwt";
  config_.config_maps["none"] = {};
  EXPECT_EQ(files(volume).at("token").content, "jwt");
  EXPECT_EQ(files(volume).at("token").mode, 0644u);
  // Who alone uses it owns it, and nobody else reads it.
  pod_.spec.containers.emplace_back();
  pod_.spec.security_context.emplace().run_as_user = 1000;
  EXPECT_EQ(files(volume).at("token").mode, 0600u);
  EXPECT_EQ(files(volume).at("token").owner, 1000u);
}

TEST_F(VolumeFilesTest, GoThroughJsonWithAllTheirBytes) {
  config_.secrets["login"]["raw"] = std::string("\xff\0", 2);
  config_.labels.emplace();
  const ConfigData again = ConfigData::from_json(config_.to_json());
  EXPECT_EQ(again.secrets, config_.secrets);
  EXPECT_EQ(again.binary, config_.binary);
  EXPECT_EQ(again.labels, config_.labels);
  EXPECT_EQ(again.annotations, std::nullopt);
}

}  // namespace
}  // namespace podrun::pod
