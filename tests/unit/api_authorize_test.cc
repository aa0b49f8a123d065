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
