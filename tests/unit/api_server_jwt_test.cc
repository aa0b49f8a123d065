// Tokens that the daemon signs.
#include <gtest/gtest.h>

#include "supervisor/api/server/jwt.h"

namespace podrun::api {
namespace {

TEST(Jwt, IsItsClaimsAndNobodyElsesWork) {
  const std::string token = sign_jwt(R"({"sub":"a?>"})", "key");
  EXPECT_EQ(token.find_first_of("+/="), std::string::npos);
  EXPECT_EQ(jwt_claims(token, "key"), R"({"sub":"a?>"})");
  EXPECT_EQ(jwt_claims(token, "other"), std::nullopt);
  EXPECT_EQ(jwt_claims(token, ""), std::nullopt);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(!jwt_claims(changed, "key") || i + 1 == token.size()) << i;
    EXPECT_EQ(jwt_claims(token.substr(0, i), "key"), std::nullopt) << i;
  }
  // {"alg":"none"}
  EXPECT_EQ(jwt_claims("eyJhbGciOiJub25lIn0.e30.", "key"), std::nullopt);
}

TEST(Jwt, HeaderIsFixed) {
  EXPECT_TRUE(sign_jwt("{}", "key").starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30."));
}

}  // namespace
}  // namespace podrun::api
