use aws_sdk_pricing::Client;
use aws_sdk_pricing::types::{Filter, FilterType};

use crate::aws::Account;
use crate::exit::{Exit, Failure};

impl Account {
    /// Gets a service's products with these attributes from AWS's price list, each as JSON.
    pub(crate) async fn products(
        &self,
        service: &str,
        attributes: &[(&'static str, String)],
    ) -> Result<Vec<String>, Failure> {
        let filters = attributes.iter().map(|(field, value)| {
            Filter::builder()
                .r#type(FilterType::TermMatch)
                .field(*field)
                .value(value)
                .build()
        });
        let filters = filters.collect::<Result<Vec<_>, _>>();
        // It cannot fail: each filter has all three fields.
        let filters = filters.map_err(|why| Failure::new(Exit::Unexpected, why.to_string()))?;
        let products = Client::new(self.config())
            .get_products()
            .service_code(service)
            .set_filters(Some(filters))
            .into_paginator()
            .items()
            .send();
        let products = products.collect::<Result<Vec<_>, _>>().await;
        products.map_err(|error| self.explain("pricing:GetProducts", "the price list", &error))
    }
}
