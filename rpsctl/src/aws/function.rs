//! A function, as Lambda has it.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use rps_contract::names::Function;

use crate::aws::Deployment;
use crate::exit::Failure;

impl Deployment {
    /// All that Lambda says of a function.
    pub(crate) async fn function(
        &self,
        which: Function,
    ) -> Result<GetFunctionConfigurationOutput, Failure> {
        let name = self.target().function(which);
        let asked = Client::new(self.config()).get_function_configuration();
        asked.function_name(&name).send().await.map_err(|error| {
            let on = format!("the function {name}");
            self.explain("lambda:GetFunctionConfiguration", &on, &error)
        })
    }
}
