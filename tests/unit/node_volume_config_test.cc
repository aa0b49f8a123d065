// What a pod's volumes take from the API, and when its tokens are replaced.
#include <gtest/gtest.h>

#include "supervisor/api/api_error.h"
#include "supervisor/node/volume_config.h"
#include "tests/support/fake_api.h"

namespace podrun::node {
namespace {

using store::Json;

const Json kPod = Json::parse(R"({
  "metadata": {"namespace": "default", "name": "reader", "uid": "u1", "labels": {"app": "web"}},
  "spec": {"serviceAccountName": "robot", "volumes": [
    {"name": "a", "configMap": {"name": "settings"}},
    {"name": "b", "emptyDir": {}},
    {"name": "c", "projected": {"sources": [
      {"secret": {"name": "login"}},
      {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
      {"serviceAccountToken": {"path": "t", "expirationSeconds": 1000}},
      {"serviceAccountToken": {"path": "v", "expirationSeconds": 1000, "audience": "vault"}}]}}]}})");

class VolumeConfig : public ::testing::Test {
 protected:
  VolumeConfig() {
    api_.create("configmaps", "default",
                {{"metadata", {{"name", "settings"}}},
                 {"data", {{"color", "green"}}},
                 {"binaryData", {{"raw", "AP8="}}}});
    api_.create("secrets", "default",
                {{"metadata", {{"name", "login"}}}, {"data", {{"user", "ZXZl"}}}});
  }
  api::IssuedToken issue(const api::TokenOrder& order) {
    if (!account_exists_) throw api::not_found({"", "serviceaccounts", "", order.account});
    orders_.push_back(order);
    return {"token " + std::to_string(orders_.size()), clock_.wall(), clock_.wall() + order.life};
  }
  pod::ConfigData collect() {
    return volume_config(api_, kPod, volume_needs(kPod), tokens_, clock_.wall());
  }

  test::FakeApi api_;
  FakeClock clock_;
  bool account_exists_ = true;
  std::vector<api::TokenOrder> orders_;
  PodTokens tokens_{[this](const api::TokenOrder& order) { return issue(order); }};
};

TEST_F(VolumeConfig, NothingIsNeededOfVolumesWithoutObjects) {
  EXPECT_FALSE(volume_needs(Json::parse(R"({"spec": {"containers": []}})")).any());
  EXPECT_FALSE(
      volume_needs(Json::parse(R"({"spec": {"volumes": [{"name": "b", "emptyDir": {}}]}})")).any());
}

TEST_F(VolumeConfig, AllThatTheVolumesName) {
  const pod::ConfigData data = collect();
  EXPECT_EQ(data.config_maps.at("settings"), (pod::ConfigData::Entries{{"color", "green"}}));
  EXPECT_EQ(data.binary.at("settings").at("raw"), std::string("\0\xff", 2));
  EXPECT_EQ(data.secrets.at("login").at("user"), "eve");
  EXPECT_EQ(data.labels, (pod::ConfigData::Entries{{"app", "web"}}));
  EXPECT_EQ(data.tokens.at(pod::token_key("", 1000)), "token 1");
  EXPECT_EQ(data.tokens.at(pod::token_key("vault", 1000)), "token 2");
  ASSERT_EQ(orders_.size(), 2u);
  EXPECT_EQ(orders_[0].account, "robot");
  EXPECT_EQ(orders_[0].pod_uid, "u1");
  EXPECT_TRUE(orders_[0].audiences.empty());
  EXPECT_EQ(orders_[1].audiences, std::vector<std::string>{"vault"});
}

TEST_F(VolumeConfig, WhatTheApiLacksIsLeftOut) {
  api_.remove({"configmaps", "default", "settings"}, {});
  account_exists_ = false;
  const pod::ConfigData data = collect();
  EXPECT_TRUE(data.config_maps.empty());
  EXPECT_TRUE(data.binary.empty());
  EXPECT_TRUE(data.tokens.empty());
  EXPECT_EQ(tokens_.next_due(), std::nullopt);
  EXPECT_TRUE(data.provided);
}

TEST_F(VolumeConfig, TokensAreReplacedWhenFourFifthsOfTheirLifeAreOver) {
  collect();
  EXPECT_EQ(tokens_.next_due(), clock_.wall() + Seconds(800));
  clock_.advance(Seconds(799));
  EXPECT_EQ(collect().tokens.at(pod::token_key("", 1000)), "token 1");
  clock_.advance(Seconds(1));
  EXPECT_EQ(collect().tokens.at(pod::token_key("", 1000)), "token 3");
  EXPECT_EQ(tokens_.next_due(), clock_.wall() + Seconds(800));
}

TEST_F(VolumeConfig, TokensAreReplacedAfterADay) {
  api::TokenOrder order;
  order.life = Seconds(7 * 24 * 3600);
  EXPECT_EQ(tokens_.get(order, clock_.wall()), "token 1");
  EXPECT_EQ(tokens_.next_due(), clock_.wall() + Seconds(24 * 3600));
}

}  // namespace
}  // namespace podrun::node
