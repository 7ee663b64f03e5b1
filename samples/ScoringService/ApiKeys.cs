using System.Security.Cryptography;
using System.Text;

namespace ScoringService;

/// <summary>Who may ask what.</summary>
internal static class ApiKeys
{
    /// <summary>Asks for one of the keys, where there are any.</summary>
    public static TBuilder RequireApiKey<TBuilder>(this TBuilder routes, ServiceOptions options) where TBuilder : IEndpointConventionBuilder =>
        Require(routes, request => options.ApiKeys.Length == 0 || IsOneOf(Sent(request), options.ApiKeys), "Send one of the service's keys in the header X-Api-Key, or as Authorization: Bearer.");

    /// <summary>Asks for the administrator's key, or a caller on this machine where there is none.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder routes, ServiceOptions options) where TBuilder : IEndpointConventionBuilder => Require(routes,
        request => options.AdminKey is { } key ? IsOneOf(Sent(request), [key]) : request.HttpContext.Connection.RemoteIpAddress is { } from && System.Net.IPAddress.IsLoopback(from),
        "Send the administrator's key (Service:AdminKey) in the header X-Api-Key; without one, ask from the service's own machine.");

    private static TBuilder Require<TBuilder>(TBuilder routes, Func<HttpRequest, bool> may, string otherwise) where TBuilder : IEndpointConventionBuilder
    {
        routes.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (may(context.Request))
                    return next(context);
                context.Response.Headers.Connection = "close"; // the body is not read
                return new Refusal(401, otherwise).Result().ExecuteAsync(context);
            };
        });
        return routes;
    }

    private static string Sent(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : request.Headers["X-Api-Key"].ToString();
    }

    // Hashes are of one length, so that the time tells nothing.
    private static bool IsOneOf(string sent, string[] keys)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(sent));
        bool found = false;
        foreach (string key in keys)
            found |= CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return found;
    }
}
