// Who may do what, and as whom.
#include "api_fixture.h"

namespace podrun::api {
namespace {

class AuthorizeTest : public ApiTest {
 protected:
  Response ask_as(const std::string& user, const std::string& path,
                  const std::string& groups = "") {
    Request request;
    request.method = "GET";
    request.path = path;
    request.user = user_;
    if (!user.empty()) request.headers["impersonate-user"] = user;
    if (!groups.empty()) request.headers["impersonate-group"] = groups;
    return server_.handle(request);
  }
};

TEST_F(AuthorizeTest, AnotherUserMayDoWhatTheyMay) {
  const std::string pods = "/api/v1/namespaces/default/pods";
  EXPECT_EQ(refusal(ask_as("bob", pods)),
            "403 Forbidden: pods is forbidden: User \"bob\" cannot list resource \"pods\" in API "
            "group \"\" in the namespace \"default\"");
  EXPECT_EQ(ask_as("bob", "/version").status, 200);
  EXPECT_EQ(ask_as("bob", pods, "team, system:masters").status, 200);
  EXPECT_EQ(ask_as("", pods, "team").status, 400) << "groups of nobody";
}

TEST_F(AuthorizeTest, OnlyAMasterSpeaksForOthers) {
  user_ = {"bob", {"system:authenticated"}};
  EXPECT_EQ(refusal(ask_as("system:admin", "/version")),
            "403 Forbidden: users \"system:admin\" is forbidden: User \"bob\" cannot impersonate "
            "resource \"users\" in API group \"\" at the cluster scope");
}

constexpr auto kAuthorization = "/apis/authorization.k8s.io/v1/";

TEST_F(ApiTest, ReviewsSayWhatOneMay) {
  const auto can = [&](const char* resource, const Json& spec) {
    return expect(201, ask("POST", std::string(kAuthorization) + resource, {{"spec", spec}}))
        .at("status")
        .at("allowed")
        .get<bool>();
  };
  const Json get_pods{
      {"resourceAttributes", {{"verb", "get"}, {"resource", "pods"}, {"namespace", "default"}}}};
  const Json version{{"nonResourceAttributes", {{"verb", "get"}, {"path", "/version"}}}};
  EXPECT_TRUE(can("selfsubjectaccessreviews", get_pods));
  Json of_bob = get_pods;
  of_bob["user"] = "bob";
  EXPECT_FALSE(can("subjectaccessreviews", of_bob));
  EXPECT_EQ(
      expect(201, ask("POST",
                      std::string(kAuthorization) + "namespaces/default/localsubjectaccessreviews",
                      {{"spec", of_bob}}))["status"]["allowed"],
      false);
  of_bob["groups"] = {"system:masters"};
  EXPECT_TRUE(can("subjectaccessreviews", of_bob));
  EXPECT_EQ(refusal(ask("POST", std::string(kAuthorization) + "subjectaccessreviews",
                        {{"spec", get_pods}})),
            "422 Invalid: SubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.user: "
            "Invalid value: \"\": at least one of user or group must be specified");
  Json both = get_pods;
  both.update(version);
  for (const auto& [spec, why] :
       {std::pair{Json::object(),
                  "spec.resourceAttributes: Invalid value: null: exactly one of "
                  "nonResourceAttributes or resourceAttributes must be specified"},
        std::pair{both,
                  "spec.nonResourceAttributes: Invalid value: "
                  "authorization.NonResourceAttributes{Path:\"/version\", Verb:\"get\"}: cannot be "
                  "specified in combination with resourceAttributes"}}) {
    EXPECT_EQ(refusal(ask("POST", std::string(kAuthorization) + "selfsubjectaccessreviews",
                          {{"spec", spec}})),
              std::string("422 Invalid: SelfSubjectAccessReview.authorization.k8s.io \"\" is "
                          "invalid: ") +
                  why);
  }
  of_bob.erase("groups");
  EXPECT_EQ(
      refusal(ask("POST", std::string(kAuthorization) + "namespaces/n/localsubjectaccessreviews",
                  {{"spec", of_bob}})),
      "422 Invalid: LocalSubjectAccessReview.authorization.k8s.io \"\" is invalid: "
      "spec.resourceAttributes.namespace: Invalid value: \"default\": must match "
      "metadata.namespace");
  of_bob["groups"] = {"system:masters"};
  user_ = {"bob", {"system:authenticated"}};
  EXPECT_FALSE(can("selfsubjectaccessreviews", get_pods));
  EXPECT_TRUE(can("selfsubjectaccessreviews", version));
  EXPECT_EQ(
      ask("POST", std::string(kAuthorization) + "subjectaccessreviews", {{"spec", of_bob}}).status,
      403);
}

TEST_F(ApiTest, ReviewsListRulesAndTellWhoAsks) {
  const auto rules = [&] {
    return expect(201, ask("POST", std::string(kAuthorization) + "selfsubjectrulesreviews",
                           {{"spec", {{"namespace", "default"}}}}))["status"];
  };
  EXPECT_EQ(rules()["resourceRules"][0],
            Json::parse(R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})"));
  user_ = {"bob", {"system:authenticated"}};
  EXPECT_EQ(rules()["resourceRules"][0]["verbs"], Json({"create"}));
  EXPECT_EQ(rules()["incomplete"], false);
  const Json who = expect(201, ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                                   {{"kind", "SelfSubjectReview"}}));
  EXPECT_EQ(who["status"]["userInfo"],
            Json::parse(R"({"username": "bob", "groups": ["system:authenticated"]})"));
  user_ = {"system:anonymous", {"system:unauthenticated"}};
  EXPECT_EQ(ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", Json::object()).status,
            403);
}

// What a message quotes may be any bytes.
TEST_F(ApiTest, AnErrorIsAlwaysText) {
  Request request;
  request.user = user_;
  request.method = "\xff";
  request.path = "/api/v1/namespaces/default/pods/\xfe";
  const Response response = server_.handle(request);
  EXPECT_GE(response.status, 400);
  EXPECT_TRUE(Json::accept(response.body)) << response.body;
}

}  // namespace
}  // namespace podrun::api
